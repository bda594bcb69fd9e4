//! Case files: a story in dated sentences, a line, and below it the tables that must follow.
//!
//! A quality manager can read and write them; the rules are played by the kernel and the core alone, without an
//! engine, a log or a clock. Adding a case is adding a file `NAME.case`.
//!
//! ```text
//! title: A complaint is accepted and registered
//! passes: M8, M10, R, A3
//! show: cases, visits
//!
//! 2026-03-02 09:00 sara (sales) lodges C1 as usual:
//!     country = CN
//! 2026-03-02 09:30 gina (gm-office) accepts C1 as usual
//! ----
//! cases
//!   case  number    state             …
//! ```
//!
//! # The head
//!
//! Lines `NAME: VALUE` before the first sentence; a line that begins with `#` is a remark.
//!
//! | name | value |
//! |---|---|
//! | `title` | what the file shows, one sentence |
//! | `passes` | clauses that something in the story follows: `M8, A3` |
//! | `refuses` | clauses by which something in the story is refused; goes with sentences that begin `refused:` |
//! | `workflow` | a workflow by its id; `customer-complaint` if left out |
//! | `zone` | the company's zone; `Asia/Shanghai` if left out |
//! | `with` | a change of the rules for this story: `limits in working days`, or `PATH = VALUE` such as `max_backdating = 3 natural_day`, `stages.investigation.limits.0.span = 2 natural_day`, `regulation.authority = none`, `regulation.tables.penalty.ceiling = 4000`; members of lists by place from 0 or by id |
//! | `show` | tables below the line, in this order: `cases`, `visits`, `deadlines`, `held`, `reminders`, `inquiries`, `numbers`, `facts`, `values`, `decisions`, `copies`, `answers`, `objections`, `third-parties`, `links`, `months`, `losses`, `responsibility`, `resale`, `discipline`, `notices`, `improvement`, `month`, `reviews`, `ledger`, `owing`, `events` |
//!
//! Answers to questions and refusals are shown without being asked for.
//!
//! # Sentences
//!
//! `INSTANT [(recorded INSTANT)] [refused:] WHO DOES WHAT`, an instant being `2026-03-02 09:30` or
//! `2026-03-02 09:30:01` (or with a fraction, `09:30:01.5`) by the clocks of the zone. Without `(recorded …)` a deed is
//! recorded at once; where the first is recorded, the story's log begins. A sentence that is refused says so; one that says
//! so and is not refused makes the file red, and the other way round.
//!
//! `WHO` is a person of the company (below), `sara`; `sara (sales)` also checks the department; `dora for gail` acts as
//! a deputy, `gail as general-manager` in that office. Cases have short names with a capital letter: `C1`, `J1`.
//!
//! | sentence | |
//! |---|---|
//! | `lodges C1` · `opens J1 of joint-inspection` | open a case, of the story's workflow or of another; a line `link = joint-inspection J1` below it links the two |
//! | `accepts C1` · `decides C1` · `settles C1` | report on the first stage, on the stage of the decision, of the settlement |
//! | `reports STAGE of C1` · `reports STAGE of C1 visit 3` | report on a stage; with the visit that is expected to be open |
//! | `endorses STAGE of C1: remark` | the remark may be left out |
//! | `sends C1 back to STAGE: reason` | |
//! | `completes opening.FIELD of C1 = VALUE` | what was "not yet determined" |
//! | `corrects opening.FIELD of C1 = VALUE because reason` | `STAGE.FIELD` likewise |
//! | `suspends C1: reason` · `resumes C1` · `withdraws C1: reason` | |
//! | `inquires into visit 2 of C1` · `answers inquiry 1 of C1: reason` | |
//! | `writes to the customer of C1: text` · `telephones the customer of C1, conceding 500.00 CNY: text` | |
//! | `refiles C1 as C2` | the customer does not accept: a new form with the old one attached |
//! | `objects to C1: petition` · `objects to C1 for the customer: petition` | |
//! | `upholds objection 1 of C1: ruling` · `rejects objection 1 of C1: ruling` | |
//! | `names supplier:S4 for C1: reason` · `links C1 with J1 as RELATION` | |
//! | `joins DEPARTMENT` · `leaves` · `holds OFFICE` · `heads DEPARTMENT` · `deputises for gail until 2026-03-10 00:00` | the organisation, from that instant on |
//! | `adopts VERSION` | a version of the rules, changed as the lines below it say (as in `with`) |
//!
//! About money:
//!
//! | sentence | |
//! |---|---|
//! | `states the loss of C1` · `states the loss of C1: reason` | lines `allowance = 500.00 CNY`, `return = 10 × 50.00 CNY less 120.00 CNY`, `rework.labour = 80.00 CNY`: the kind as the loss basis names it, with the part where it has several |
//! | `proposes responsibility for C1` · `determines responsibility for C1: reason` | lines `unit:group-3 = 45 %`, `unit:section-1 = 100 % because no group can be named`; a determination also `charged = 50 %`, where it is to be less than the criteria say |
//! | `takes back 200 pieces of C1` | lines `grade_a = 50.00 CNY`, `actual_loss = 40.00 CNY`, of one piece each |
//! | `resells 120 pieces of C1 for 4,200.00 CNY` · `settles the resale of C1` | |
//! | `proposes discipline of max on C1` · `announces discipline of max on C1` | |
//! | `decides discipline of max on C1: reason` | the proposed grade once, at the least rate; lines `grade = minor demerit`, `count = 2`, `rate = 900.00 CNY` say otherwise |
//! | `forms group-3 as group of manufacturing` | a shift, group, section or department, from that day on |
//! | `gives max 5.0 base points in group-3` · `gives max 1.5 base units` | from that day on; 0 base points: no member any more |
//! | `records the bonus of max for 2026-03 = 2,000.00 CNY` · `corrects the bonus of max for 2026-03 = 200.00 CNY: reason` | |
//! | `opens month 2026-03` · `gathers month 2026-03` · `confirms month 2026-03 for quality` | |
//! | `lists the discipline of month 2026-03` · `issues the notices of month 2026-03` · `approves the notices of month 2026-03` · `closes month 2026-03` | |
//!
//! About the improvement that a decision wants tracked:
//!
//! | sentence | |
//! |---|---|
//! | `opens the improvement of C1` · `confirms the improvement of C1` · `returns the improvement of C1: reason` | |
//! | `drafts the improvement of C1` | lines `manufacturing = analyse the bath each shift until 2026-04-30`, one for each item |
//! | `carries out item 1 of C1: what was done` | |
//! | `finds the improvement of C1 effective: finding` · `finds the improvement of C1 without effect: finding` | |
//!
//! `month 2026-03 goes as usual`: everything from its opening to its closing at that instant, by those whose duty it is;
//! the heads confirm, personnel announces what is decided and not announced. `… goes as usual until its closing` leaves
//! the closing out.
//!
//! Some sentences have no person: `round` (the engine looks for who is late, opens months that are over, settles goods
//! that may no longer be sold), `calendar publishes 2027` with lines
//! `holiday = 2027-01-01 元旦`, `holiday = 2027-02-05 to 2027-02-11 春节`, `make-up day = 2027-02-20 春节` below it, and
//! `C1 goes as usual until STAGE`: everything up to that stage happens at that instant, by the people whose duty it is,
//! with lines `opening.FIELD = VALUE` and `STAGE.FIELD = VALUE` for what is out of the ordinary.
//!
//! `99 others are accepted as usual` lodges and accepts so many cases that no table shows: they take numbers.
//!
//! Questions: `INSTANT ask overdue`, `ask explain C1`, `ask explain C1 visit 2`, `ask rules`, `ask form NAME`; and
//! without an instant `ask due 13 working_day from 2026-03-02 09:30` (from a date alone: whole days counted after it), `ask year 2026`.
//!
//! # Fields
//!
//! Indented lines `FIELD = VALUE` below a sentence fill its form; with `as usual` behind the deed, what the form requires
//! and no line gives is filled with ordinary values. `FIELD = -` leaves one empty all the same. Values: `yes`, `no`, a
//! whole number, a text, `1,200.00 CNY`, `2026-03-02`, `department:quality, department:rnd`,
//! `unit:group-3 45 %, person:E17 55 %`, `(none)` (an empty list), `not yet determined`, `text of 201 characters`; a text in
//! quotation marks is taken as it stands, `"\u0007"` included.
//!
//! # The company
//!
//! | department | people, the last heads it |
//! |---|---|
//! | `sales` | sara, sam, sven (sales-manager) |
//! | `gm-office` | gina, greta, gordon; gail (general-manager), dora (deputy-general-manager) |
//! | `quality` | quentin, quinn, qiu |
//! | `manufacturing` | marta, max, mo (plant-manager) |
//! | `rnd` | rita, rolf |
//! | `service` | vera, victor (supervisor) |
//! | `accounting`, `warehouse`, `hr` | alan, ada · wanda, walt · hana, hugo |
//!
//! # Below the line
//!
//! What must follow, letter for letter. `UPDATE_CASES=1` rewrites what is below the line and nothing else; the
//! difference is then reviewed by somebody who reckons it by hand.
//!
//! # Beyond the story
//!
//! Each deed is also checked for what must hold of every one: the command read back from its events leads to the same
//! events; what is recorded of units, bonuses and months reads back as it was; and a month decides on the same books the
//! same again.

mod about;
mod answer;
mod book;
mod entry;
mod fault;
mod people;
mod play;
mod rules;
mod sentence;
mod shown;
mod story;
mod table;
mod when;

pub use book::{Casebook, Outcome};
pub use fault::Fault;
pub use rules::Rules;
pub use story::Story;
