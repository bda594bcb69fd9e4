//! Text that people enter: what may stand in it and how long it may be.

/// The longest text of a field that sets no length of its own, in characters.
pub const DEFAULT_MAX_CHARS: u32 = 4_000;

/// Whether a character is refused in every entered text: control characters other than line feed and
/// tab, and the bidirectional controls that make a text read otherwise than it is stored.
pub fn is_forbidden(c: char) -> bool {
    let bidi = matches!(c,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let invisible = matches!(
        c,
        '\u{FEFF}' | '\u{2028}' | '\u{2029}' | '\u{FFF9}'..='\u{FFFB}'
    );
    (c.is_control() && c != '\n' && c != '\t') || bidi || invisible
}

/// The first refused character of a text with its place, counted in characters from 1.
pub fn first_forbidden(text: &str) -> Option<(usize, char)> {
    text.chars()
        .enumerate()
        .find(|(_, c)| is_forbidden(*c))
        .map(|(i, c)| (i + 1, c))
}
