//! Historic cases out of a table: which column means what (`map`), what a text means as an instant (`moment`),
//! what a row means as a case (`row`), the table itself (`table`).

pub(crate) mod map;
pub(crate) mod moment;
pub(crate) mod row;
pub(crate) mod table;
