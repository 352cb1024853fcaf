//! Alters an input. JSON is altered along its structure, in its text: so members can occur twice, numbers can have any
//! size, and a string can hold half a surrogate pair.

use fastrand::Rng;

use self::json::{Node, nodes};

mod json;

/// Numbers at the limits of types, and of times.
const NUMBERS: [&str; 16] = [
    "0",
    "-0",
    "-1",
    "1e999",
    "1.5e308",
    "0.1",
    "1764021600.25",
    "253402300800",
    "-62135596801",
    "2147483647",
    "2147483648",
    "-2147483648",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
];

/// Strings that parsers are sensitive to.
const STRINGS: [&str; 12] = [
    "\"\"",
    "\" \"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\"\\uD83D\\uDE00 \\u202e\"",
    "\"9999-12-30T21:59:59Z\"",
    "\"-009999-01-02T01:59:59Z\"",
    "\"2026-11-24T22:22:54.123456789+23:59\"",
    "\"INACTIVE\"",
    "\"DRAINING\"",
    "\"ACTIVE\"",
    "\"FUTURE_STATUS\"",
];

/// Values of other kinds.
const OTHERS: [&str; 6] = ["null", "true", "false", "[]", "{}", "[null]"];

/// Pieces of text that the code searches for.
const PIECES: [&str; 20] = [
    "arn:aws:ecs:eu-west-1:123456789012:service/default/team-a_other",
    "arn:aws:ecs:eu-west-1:999999999999:service/default/team-a_shop",
    "arn:",
    "/",
    ":",
    " ",
    "\\n",
    "\\\"",
    "%20",
    "\\u00fc",
    "ü",
    "…",
    "...",
    "(hidden)",
    "Request ID: 6e0ba6d8-0c5a-4a9b-8f0e-1b2c3d4e5f60",
    "{id}",
    "at {at}",
    "resource not found",
    "INACTIVE",
    "s3cr3t-of-the-environment",
];

/// Deepest nesting that one mutation adds.
const DEEPEST: usize = 300;

/// Returns an altered input of at most `max` bytes. The same seed leads to the same mutant.
pub fn mutate(input: &[u8], max: usize, seed: u64) -> Vec<u8> {
    let mut random = Rng::with_seed(seed);
    let mut mutant = input.to_vec();
    // Half of the mutants have one alteration, a quarter two, and so on.
    let alterations = 1 + random.u8(..).leading_ones().min(3);
    for _ in 0..alterations {
        mutant = match std::str::from_utf8(&mutant) {
            Ok(text) if random.u8(..32) != 0 => altered(text, &mut random).into_bytes(),
            Ok(_) | Err(_) => with_other_bytes(mutant, &mut random),
        };
    }
    mutant.truncate(max);
    mutant
}

/// Returns JSON whose n-th string has the given length instead; `None` if it has fewer strings.
pub fn with_long_string(input: &str, n: usize, length: usize) -> Option<String> {
    let nodes = nodes(input);
    let string = nodes.iter().filter(|node| node.is_string(input)).nth(n)?;
    let long = format!("\"{}\"", "long ".repeat(length / 5));
    Some(replaced(input, string.start, string.end, &long))
}

/// Alters one value. Most alterations keep its kind, since most parsers stop at another one.
fn altered(text: &str, random: &mut Rng) -> String {
    let nodes = nodes(text);
    // The whole document is a node too, which is rarely worth replacing.
    if nodes.len() < 2 {
        return with_piece(text, 0, text.len(), random);
    }
    let node = nodes[random.usize(1..nodes.len())];
    let another = nodes[random.usize(..nodes.len())];
    if random.u8(..4) == 0 {
        return restructured(text, node, another, random);
    }
    let Node { start, end, .. } = node;
    match text.as_bytes()[start] {
        b'"' => match random.u8(..6) {
            0 => replaced(text, start, end, one_of(&STRINGS, random)),
            1 => quoting(text, node, another, random),
            2 => shorter(text, node, random),
            3 => {
                let (start, end) = node.inner(text);
                with_piece(text, start, end, random)
            }
            _ if another.is_string(text) => {
                replaced(text, start, end, &text[another.start..another.end])
            }
            _ => without(text, node),
        },
        b'-' | b'0'..=b'9' => match random.u8(..3) {
            0 => number(text, node, random),
            _ => replaced(text, start, end, one_of(&NUMBERS, random)),
        },
        _ => match random.u8(..4) {
            0 => without(text, node),
            1 => twice(text, node),
            2 => replaced(text, start, end, one_of(&OTHERS, random)),
            _ => replaced(text, start, end, &text[another.start..another.end]),
        },
    }
}

/// Alters the structure, whatever the kinds are.
fn restructured(text: &str, node: Node, another: Node, random: &mut Rng) -> String {
    let Node { start, end, .. } = node;
    match random.u8(..8) {
        0 => without(text, node),
        1 => twice(text, node),
        2 => replaced(text, start, end, &text[another.start..another.end]),
        3 => nested(text, node, random),
        4 => renamed(text, node, another),
        5 => replaced(text, start, end, one_of(&NUMBERS, random)),
        6 => replaced(text, start, end, one_of(&STRINGS, random)),
        _ => replaced(text, start, end, one_of(&OTHERS, random)),
    }
}

fn one_of(values: &[&'static str], random: &mut Rng) -> &'static str {
    values[random.usize(..values.len())]
}

fn replaced(text: &str, start: usize, end: usize, by: &str) -> String {
    format!("{}{by}{}", &text[..start], &text[end..])
}

/// Removes a member or an element, with a comma beside it.
fn without(text: &str, node: Node) -> String {
    let (before, after) = (&text[..node.member], &text[node.end..]);
    let (trimmed, rest) = (before.trim_end(), after.trim_start());
    match (trimmed.strip_suffix(','), rest.strip_prefix(',')) {
        (Some(before), _) => format!("{before}{after}"),
        (None, Some(rest)) => format!("{before}{rest}"),
        (None, None) => format!("{before}{after}"),
    }
}

fn twice(text: &str, node: Node) -> String {
    let whole = &text[node.member..node.end];
    replaced(text, node.end, node.end, &format!(",{whole}"))
}

fn nested(text: &str, node: Node, random: &mut Rng) -> String {
    let depth = if random.bool() {
        1
    } else {
        random.usize(..DEEPEST)
    };
    let (open, close) = if random.bool() {
        ("[", "]")
    } else {
        ("{\"a\":", "}")
    };
    let value = &text[node.start..node.end];
    let nested = format!("{}{value}{}", open.repeat(depth), close.repeat(depth));
    replaced(text, node.start, node.end, &nested)
}

/// Gives a member the name of another.
fn renamed(text: &str, node: Node, another: Node) -> String {
    match (node.key(text), another.key(text)) {
        (Some((start, end)), Some(other)) => replaced(text, start, end, &text[other.0..other.1]),
        _ => twice(text, node),
    }
}

fn number(text: &str, node: Node, random: &mut Rng) -> String {
    let changed = match text[node.start..node.end].parse::<i64>() {
        Ok(number) => match random.u8(..4) {
            0 => number.wrapping_add(1),
            1 => number.wrapping_sub(1),
            2 => number.wrapping_neg(),
            _ => number.wrapping_mul(1_000),
        },
        Err(_) => random.i64(..),
    };
    replaced(text, node.start, node.end, &changed.to_string())
}

/// Quotes another string within a string.
fn quoting(text: &str, node: Node, another: Node, random: &mut Rng) -> String {
    let (start, end) = another.inner(text);
    let quoted = if another.is_string(text) {
        &text[start..end]
    } else {
        "quoted"
    };
    let (open, close) = [("'", "'"), (" ", " "), ("", ""), ("\\\"", "\\\"")][random.usize(..4)];
    let (start, end) = node.inner(text);
    let at = boundary(text, start, end, random);
    replaced(text, at, at, &format!("{open}{quoted}{close}"))
}

fn shorter(text: &str, node: Node, random: &mut Rng) -> String {
    let (start, end) = node.inner(text);
    let at = boundary(text, start, end, random);
    let to = boundary(text, at, end, random);
    replaced(text, at, to, "")
}

/// Inserts a piece somewhere between two places, perhaps many times.
fn with_piece(text: &str, start: usize, end: usize, random: &mut Rng) -> String {
    let at = boundary(text, start, end, random);
    let piece = one_of(&PIECES, random);
    let times = if random.u8(..8) == 0 {
        random.usize(1..200)
    } else {
        1
    };
    replaced(text, at, at, &piece.repeat(times))
}

/// A place between two characters.
fn boundary(text: &str, start: usize, end: usize, random: &mut Rng) -> usize {
    let mut at = random.usize(start..=end.max(start));
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn with_other_bytes(mut bytes: Vec<u8>, random: &mut Rng) -> Vec<u8> {
    let at = random.usize(..=bytes.len());
    match random.u8(..3) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
        1 if at < bytes.len() => {
            bytes.remove(at);
        }
        _ => bytes.insert(at, random.u8(..)),
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{mutate, with_long_string};

    const INPUT: &str = r#"{"name":"shop","tags":[{"key":"a"},1.5,null],"spec":{"cpu":"1 vCPU"}}"#;

    #[test]
    fn a_seed_leads_to_the_same_mutant_and_others_to_many_others_within_the_limit() {
        let mut mutants = std::collections::BTreeSet::new();
        for seed in 0..1_000 {
            let mutant = mutate(INPUT.as_bytes(), 400, seed);
            assert_eq!(mutant, mutate(INPUT.as_bytes(), 400, seed));
            assert!(mutant.len() <= 400);
            mutants.insert(mutant);
        }
        assert!(mutants.len() > 500, "{}", mutants.len());
    }

    #[test]
    fn text_that_is_no_json_is_altered_too() {
        for input in [
            "",
            "m\"",
            "{\"n\":\"",
            "[\"ü\",\"\\ü",
            "{\"a\":\"ᳶ",
            "\"\\",
            "[1,\"\",\"",
        ] {
            for seed in 0..2_000 {
                mutate(input.as_bytes(), 1_000, seed);
            }
        }
    }

    #[test]
    fn most_mutants_of_json_are_json() {
        let valid = (0..1_000)
            .filter(|seed| {
                let mutant = mutate(INPUT.as_bytes(), 100_000, *seed);
                serde_json::from_slice::<Box<serde_json::value::RawValue>>(&mutant).is_ok()
            })
            .count();
        assert!(valid > 500, "{valid}");
    }

    #[test]
    fn each_string_is_replaced_by_a_long_one_in_turn() {
        let long = with_long_string(INPUT, 2, 10).unwrap();
        assert!(long.contains(r#""cpu":"long long ""#), "{long}");
        assert_eq!(with_long_string(INPUT, 3, 10), None);
    }
}
