//! Free texts of AWS without what changes at each call: else each look would be a write.

/// Longest text that goes into a status, in characters.
const LONGEST: usize = 700;

/// Cuts request ids, UUIDs and times out of a text, and joins its words by single spaces.
pub(crate) fn stable_words(text: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if is_uuid(core) || is_time(core) || is_long_token(core) {
            drop_label(&mut words);
        } else {
            words.push(word);
        }
    }
    words.join(" ")
}

/// Bounds the length of a text.
pub(crate) fn bounded(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Takes `Request ID:`, `(RequestId:` and the like away from before a dropped word.
fn drop_label(words: &mut Vec<&str>) {
    let is = |word: &str, label: &str| {
        word.trim_matches(|c: char| !c.is_ascii_alphanumeric())
            .eq_ignore_ascii_case(label)
    };
    match words.as_slice() {
        [.., request, id] if is(request, "request") && is(id, "id") => {
            words.truncate(words.len() - 2);
        }
        [.., id] if is(id, "requestid") || is(id, "at") => {
            words.pop();
        }
        _ => {}
    }
}

fn is_uuid(word: &str) -> bool {
    let word = word.rsplit(['=', ':']).next().unwrap_or(word);
    word.len() == 36
        && word.char_indices().all(|(i, c)| match i {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

/// `2026-11-24T22:22:54Z` and its like, also a lone `22:22:54`.
fn is_time(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let clock = word.matches(':').count() == 2 && digits >= 6;
    clock
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || "-:.+TZ".contains(c))
}

/// An encoded authorization message and its like.
fn is_long_token(word: &str) -> bool {
    word.len() > 200
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_+/=".contains(c))
}

#[cfg(test)]
mod tests {
    use super::{bounded, stable_words};

    #[test]
    fn two_answers_that_differ_only_in_request_id_and_time_give_one_text() {
        let text = |id: &str, time: &str| {
            stable_words(&format!(
                "Rate exceeded (Request ID: {id}) at {time}, try later"
            ))
        };
        let first = text(
            "6e0ba6d8-0c5a-4a9b-8f0e-1b2c3d4e5f60",
            "2026-11-24T22:22:54Z",
        );
        let second = text(
            "aaaaaaaa-0c5a-4a9b-8f0e-1b2c3d4e5f60",
            "2026-11-24T23:01:02.123Z",
        );
        assert_eq!(first, second);
        assert_eq!(first, "Rate exceeded try later");
    }

    #[test]
    fn arns_and_ordinary_words_stay() {
        let text = "role arn:aws:iam::123456789012:role/service-role/x cannot be assumed";
        assert_eq!(stable_words(text), text);
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let cut = bounded("ä ".repeat(2000));
        assert!(cut.ends_with('…') && cut.chars().count() <= 701);
    }
}
