//! The places of values in JSON text. Text that is no JSON has the values that stand before the first error.

/// A value in JSON text, by the places of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// Start of the member that has this value; otherwise that of the value.
    pub(super) member: usize,
    /// Start of the value.
    pub(super) start: usize,
    /// End of the value.
    pub(super) end: usize,
}

impl Node {
    pub(super) fn is_string(self, text: &str) -> bool {
        text[self.start..].starts_with('"')
    }

    /// Start and end of what stands between the quotation marks of a string; of the whole value if they are not both there.
    pub(super) fn inner(self, text: &str) -> (usize, usize) {
        let value = &text[self.start..self.end];
        if value.len() >= 2 && value.starts_with('"') && value.ends_with('"') {
            (self.start + 1, self.end - 1)
        } else {
            (self.start, self.end)
        }
    }

    /// Start and end of the member's name, with its quotation marks.
    pub(super) fn key(self, text: &str) -> Option<(usize, usize)> {
        let member = &text[self.member..self.start];
        let end = member.rfind('"')? + 1;
        Some((self.member, self.member + end))
    }
}

/// All values in the order in which they start.
pub(super) fn nodes(text: &str) -> Vec<Node> {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
        nodes: Vec::new(),
    };
    scanner.document();
    scanner.nodes
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
}

impl Scanner<'_> {
    /// Keeps the open lists and objects in a list of its own, since they may be nested deeply.
    fn document(&mut self) {
        let mut open = Vec::new();
        loop {
            self.skip_blanks();
            let member = self.at;
            let in_object = open.last().is_some_and(|&(_, is_object)| is_object);
            match self.bytes.get(self.at) {
                Some(b'}' | b']') => {
                    self.at += 1;
                    let Some((node, _)) = open.pop() else { return };
                    let node: usize = node;
                    self.nodes[node].end = self.at;
                }
                Some(b',') => self.at += 1,
                Some(b'"') if in_object => {
                    self.string();
                    self.skip_blanks();
                    if self.bytes.get(self.at) != Some(&b':') {
                        break;
                    }
                    self.at += 1;
                    self.skip_blanks();
                    if !self.value(member, &mut open) {
                        break;
                    }
                }
                Some(_) => {
                    if !self.value(member, &mut open) {
                        break;
                    }
                }
                None => break,
            }
        }
        for (node, _) in open {
            self.nodes[node].end = self.at;
        }
    }

    /// Reads a scalar, or the beginning of a list or an object. Returns whether there was one.
    fn value(&mut self, member: usize, open: &mut Vec<(usize, bool)>) -> bool {
        let start = self.at;
        match self.bytes.get(self.at) {
            Some(first @ (b'{' | b'[')) => {
                open.push((self.nodes.len(), *first == b'{'));
                self.at += 1;
            }
            Some(b'"') => self.string(),
            Some(_) => {
                let is_plain = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                self.at += self.bytes[start..].iter().take_while(is_plain).count();
            }
            None => {}
        }
        if self.at > start {
            self.nodes.push(Node {
                member,
                start,
                end: self.at,
            });
        }
        self.at > start
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at = (self.at + 1).min(self.bytes.len());
    }

    fn skip_blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nodes;

    fn values(text: &str) -> Vec<&str> {
        let nodes = nodes(text);
        nodes
            .iter()
            .map(|node| &text[node.start..node.end])
            .collect()
    }

    #[test]
    fn every_value_is_found_with_its_member() {
        let text = r#"{"a": [1, "x\"]", {}], "b":null}"#;
        let expected = [text, r#"[1, "x\"]", {}]"#, "1", r#""x\"]""#, "{}", "null"];
        assert_eq!(values(text), expected);
        let last = nodes(text)[5];
        assert_eq!(&text[last.member..last.end], r#""b":null"#);
        assert_eq!(
            last.key(text).map(|(start, end)| &text[start..end]),
            Some("\"b\"")
        );
    }

    #[test]
    fn what_is_no_json_is_read_up_to_the_error() {
        assert_eq!(values("[1,?"), ["[1,", "1"]);
        assert_eq!(values("{\"a"), ["{\"a"]);
        assert_eq!(values("\"ab\\"), ["\"ab\\"]);
        assert!(values("").is_empty());
        assert_eq!(values(&"[".repeat(100_000)).len(), 100_000);
    }
}
