//! How an object is held in little room.

use std::{cell::RefCell, error::Error};

use lz4_flex::block;

use crate::api::ExpressService;

/// What a typical object looks like, for the compression: most of every other is in it. Never stored, so free to change.
const TYPICAL: &[u8] = include_bytes!("typical.json");

/// JSON, compressed: a quarter of it, and a twelfth of the parsed object.
#[derive(Clone, Debug)]
pub struct Packed {
    /// Length of the JSON.
    length: usize,
    bytes: Box<[u8]>,
}

/// Room to pack and unpack in. It is kept: room of its own for each object would leave holes between those that stay.
#[derive(Default)]
struct Room {
    json: Vec<u8>,
    packed: Vec<u8>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

impl Packed {
    /// Packs an object.
    pub fn of(object: &ExpressService) -> Result<Self, Box<dyn Error>> {
        ROOM.with_borrow_mut(|Room { json, packed }| {
            json.clear();
            serde_json::to_writer(&mut *json, object)?;
            packed.resize(block::get_maximum_output_size(json.len()), 0);
            let size = block::compress_into_with_dict(json, packed, TYPICAL)?;
            Ok(Self {
                length: json.len(),
                bytes: packed[..size].into(),
            })
        })
    }

    /// The object again; what is wrong, without a value of the object.
    pub fn unpack(&self) -> Result<ExpressService, String> {
        ROOM.with_borrow_mut(|Room { json, .. }| {
            json.resize(self.length, 0);
            block::decompress_into_with_dict(&self.bytes, json, TYPICAL)
                .map_err(|error| error.to_string())?;
            serde_json::from_slice(json)
                .map_err(|error| format!("unreadable JSON at column {}", error.column()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Packed, TYPICAL};
    use crate::api::ExpressService;

    #[test]
    fn the_typical_object_is_in_the_form_in_which_objects_are_packed() {
        let typical: ExpressService = serde_json::from_slice(TYPICAL).unwrap();
        assert_eq!(
            serde_json::to_string(&typical).unwrap(),
            std::str::from_utf8(TYPICAL).unwrap().trim_end()
        );
    }

    #[test]
    fn an_object_like_the_typical_one_packs_to_less_than_a_third() {
        let typical = std::str::from_utf8(TYPICAL).unwrap();
        let another = typical
            .replace("team-a", "payments")
            .replace("shop", "ledger")
            .replace("123456789012", "999988887777")
            .replace("eu-west-1", "us-east-2")
            .replace("0123456789abcdef", "fedcba9876543210");
        let object: ExpressService = serde_json::from_str(&another).unwrap();
        let packed = Packed::of(&object).unwrap().bytes.len();
        assert!(3 * packed < another.len(), "{packed} of {}", another.len());
    }
}
