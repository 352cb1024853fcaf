//! Compresses an object for the cache.

use std::{cell::RefCell, error::Error};

use lz4_flex::block;

use crate::api::ExpressService;

/// The dictionary of the compression: a typical object, which contains most of the text of every other. Compressed
/// objects are never stored, so it may change.
const DICTIONARY: &[u8] = include_bytes!("dictionary.json");

/// An object as compressed JSON: about a quarter of the JSON, and a twelfth of the parsed object.
#[derive(Clone, Debug)]
pub struct Compressed {
    /// Length of the JSON in bytes.
    length: usize,
    bytes: Box<[u8]>,
}

/// Buffers for compression and decompression. They are reused: new ones for each object would fragment the heap between
/// the entries that stay.
#[derive(Default)]
struct Buffers {
    json: Vec<u8>,
    compressed: Vec<u8>,
}

/// Size of the buffers that is kept, in bytes. One large object, perhaps of more than a megabyte, must not occupy its
/// size forever.
const BUFFER_SIZE_KEPT: usize = 64 << 10;

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

impl Buffers {
    /// Runs `work` with the buffers of this thread.
    fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        BUFFERS.with_borrow_mut(|buffers| {
            let done = work(buffers);
            for used in [&mut buffers.json, &mut buffers.compressed] {
                used.truncate(BUFFER_SIZE_KEPT);
                used.shrink_to(BUFFER_SIZE_KEPT);
            }
            done
        })
    }
}

impl Compressed {
    /// Compresses an object.
    ///
    /// # Errors
    ///
    /// If the object has no JSON form that can be read again.
    pub fn of(object: &ExpressService) -> Result<Self, Box<dyn Error>> {
        Buffers::with(|Buffers { json, compressed }| {
            json.clear();
            serde_json::to_writer(&mut *json, object)?;
            // A time before the year 0 is the only value that is written in a form that is not read.
            if json.windows(3).any(|bytes| bytes == b":\"-") {
                serde_json::from_slice::<ExpressService>(json)
                    .map_err(|_| "the object has a time before the year 0; correct it with kubectl edit; until then the operator does not change its ECS service")?;
            }
            compressed.resize(block::get_maximum_output_size(json.len()), 0);
            let size = block::compress_into_with_dict(json, compressed, DICTIONARY)?;
            Ok(Self {
                length: json.len(),
                bytes: compressed[..size].into(),
            })
        })
    }

    /// Size of the compressed object in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the object.
    ///
    /// # Errors
    ///
    /// If the bytes are not a compressed object; the text contains no value of the object.
    pub fn decompress(&self) -> Result<ExpressService, String> {
        Buffers::with(|Buffers { json, .. }| {
            json.resize(self.length, 0);
            block::decompress_into_with_dict(&self.bytes, json, DICTIONARY)
                .map_err(|error| error.to_string())?;
            serde_json::from_slice(json)
                .map_err(|error| format!("unreadable JSON at column {}", error.column()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BUFFER_SIZE_KEPT, BUFFERS, Compressed, DICTIONARY};
    use crate::api::ExpressService;

    #[test]
    fn the_dictionary_has_the_form_in_which_objects_are_compressed() {
        let typical: ExpressService = serde_json::from_slice(DICTIONARY).unwrap();
        assert_eq!(
            serde_json::to_string(&typical).unwrap(),
            std::str::from_utf8(DICTIONARY).unwrap().trim_end()
        );
    }

    #[test]
    fn an_object_like_the_dictionary_compresses_to_less_than_a_third() {
        let typical = std::str::from_utf8(DICTIONARY).unwrap();
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
    fn a_large_object_and_a_small_one_after_it_are_unchanged_and_the_buffers_shrink() {
        let mut large: ExpressService = serde_json::from_slice(DICTIONARY).unwrap();
        let words = (0..20_000).map(|number| format!("--option-{number}"));
        large.spec.primary_container.as_mut().unwrap().command = Some(words.collect());
        let mut small = large.clone();
        small.spec.primary_container = None;
        std::mem::take(&mut small.metadata);
        small.status = None;
        for object in [large, small] {
            let decompressed = Compressed::of(&object).unwrap().decompress().unwrap();
            assert_eq!(
                serde_json::to_value(decompressed).unwrap(),
                serde_json::to_value(object).unwrap()
            );
        }
        BUFFERS.with_borrow(|buffers| {
            assert!(
                buffers.json.capacity() <= BUFFER_SIZE_KEPT
                    && buffers.compressed.capacity() <= BUFFER_SIZE_KEPT
            );
        });
    }
}
