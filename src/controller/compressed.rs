//! How an object is held in little room.

use std::{cell::RefCell, error::Error};

use lz4_flex::block;

use crate::api::ExpressService;

/// What a typical object looks like, for the compression: most of every other is in it. Never stored, so free to change.
const TYPICAL: &[u8] = include_bytes!("dictionary.json");

/// JSON, compressed: a quarter of it, and a twelfth of the parsed object.
#[derive(Clone, Debug)]
pub struct Compressed {
    /// Length of the JSON.
    length: usize,
    bytes: Box<[u8]>,
}

/// Room to pack and unpack in. It is kept: room of its own for each object would leave holes between those that stay.
#[derive(Default)]
struct Room {
    json: Vec<u8>,
    compressed: Vec<u8>,
}

/// Room that is kept, in bytes: one great object, of more than a megabyte perhaps, must not cost its size for ever.
const ROOM_KEPT: usize = 64 << 10;

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

impl Room {
    /// Works in the room.
    fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        ROOM.with_borrow_mut(|room| {
            let done = work(room);
            for used in [&mut room.json, &mut room.compressed] {
                used.truncate(ROOM_KEPT);
                used.shrink_to(ROOM_KEPT);
            }
            done
        })
    }
}

impl Compressed {
    /// Packs an object.
    pub fn of(object: &ExpressService) -> Result<Self, Box<dyn Error>> {
        Room::with(|Room { json, compressed }| {
            json.clear();
            serde_json::to_writer(&mut *json, object)?;
            compressed.resize(block::get_maximum_output_size(json.len()), 0);
            let size = block::compress_into_with_dict(json, compressed, TYPICAL)?;
            Ok(Self {
                length: json.len(),
                bytes: compressed[..size].into(),
            })
        })
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The object again; what is wrong, without a value of the object.
    pub fn decompress(&self) -> Result<ExpressService, String> {
        Room::with(|Room { json, .. }| {
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
    use super::{Compressed, ROOM, ROOM_KEPT, TYPICAL};
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
        let compressed = Compressed::of(&object).unwrap().bytes.len();
        assert!(
            3 * compressed < another.len(),
            "{compressed} of {}",
            another.len()
        );
    }

    #[test]
    fn a_great_object_and_a_small_one_after_it_come_out_as_they_went_in_and_the_room_is_given_back()
    {
        let mut great: ExpressService = serde_json::from_slice(TYPICAL).unwrap();
        let words = (0..20_000).map(|number| format!("--option-{number}"));
        great.spec.primary_container.as_mut().unwrap().command = Some(words.collect());
        let mut small = great.clone();
        small.spec.primary_container = None;
        small.metadata = Default::default();
        small.status = None;
        for object in [great, small] {
            let unpacked = Compressed::of(&object).unwrap().decompress().unwrap();
            assert_eq!(
                serde_json::to_value(unpacked).unwrap(),
                serde_json::to_value(object).unwrap()
            );
        }
        ROOM.with_borrow(|room| {
            assert!(room.json.capacity() <= ROOM_KEPT && room.compressed.capacity() <= ROOM_KEPT);
        });
    }
}
