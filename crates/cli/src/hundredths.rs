//! Base points and base units as people write them: decimals with at most two digits, kept as whole hundredths.

/// Reads `5`, `5.0` or `5.25` as hundredths, exactly: what is finer is refused rather than rounded.
pub(crate) fn read(text: &str) -> Result<u32, String> {
    let wrong = || format!("`{text}` is no number with at most two decimals, such as 5 or 1.25");
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return Err(wrong()),
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 2 {
        return Err(wrong());
    }
    format!("{whole}{fraction:0<2}")
        .parse()
        .map_err(|_| format!("`{text}` is too large"))
}

/// Hundredths as a decimal: `5.00`.
pub(crate) fn shown(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_read_exactly() {
        for (text, hundredths) in [
            ("0", 0),
            ("5", 500),
            ("5.0", 500),
            ("0.05", 5),
            ("1.25", 125),
        ] {
            assert_eq!(read(text), Ok(hundredths), "{text}");
        }
        assert_eq!(shown(5), "0.05");
        assert_eq!(shown(125), "1.25");
    }

    #[test]
    fn what_is_finer_or_no_number_is_refused() {
        for text in [
            "",
            ".",
            "5.",
            ".5",
            "1.255",
            "-1",
            "+1",
            "1e2",
            "1,5",
            " 1",
            "１",
            "99999999999",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
