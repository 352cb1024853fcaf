//! Quantities of CPU and memory, normalised: ECS accepts CPU as units or vCPU and memory as MiB or GB.

use crate::core::desired::value::Value;

/// Normalises CPU such as `1024`, `1`, `0.5` or `2 vCPU` to CPU units. Any other text is compared as written.
pub(crate) fn cpu_units(text: &str) -> Value {
    // Fargate's smallest size is 256 units and its largest 16 vCPU, so the two ranges do not overlap.
    quantity(text, "vcpu", 128.0)
}

/// Normalises memory such as `2048`, `4` or `2 GB` to MiB. Any other text is compared as written.
pub(crate) fn memory_mib(text: &str) -> Value {
    // Fargate's smallest size is 512 MiB, so a number without a unit far below it is in GB.
    quantity(text, "gb", 256.0)
}

/// Converts a quantity to its small unit, 1024 of which make a large one. A number without `unit`, the name of the large
/// unit, is in small units if it is at least `small_from`; every other number is in large units.
fn quantity(text: &str, unit: &str, small_from: f64) -> Value {
    let lower = text.trim().to_ascii_lowercase();
    let (number, has_unit) = match lower.strip_suffix(unit) {
        Some(number) => (number.trim_end(), true),
        None => (lower.as_str(), false),
    };
    let is_plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let small = match number.parse::<f64>() {
        Ok(n) if is_plain && !has_unit && n >= small_from => n,
        Ok(n) if is_plain => n * 1024.0,
        Ok(_) | Err(_) => return Value::Text(text.to_owned()),
    };
    if small.fract() == 0.0 && small <= f64::from(u32::MAX) {
        Value::Number(small as i64)
    } else {
        Value::Text(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_the_same_quantity_are_equal() {
        for (text, units) in [
            ("256", 256),
            ("0.25", 256),
            (".5", 512),
            ("2", 2048),
            ("2 vCPU", 2048),
            ("16384", 16384),
            ("2VCPU", 2048),
            ("256 vCPU", 262_144),
        ] {
            assert_eq!(cpu_units(text), Value::Number(units), "{text}");
        }
        for (text, mib) in [
            ("512", 512),
            ("4096", 4096),
            ("4", 4096),
            ("0.5 GB", 512),
            ("2GB", 2048),
            ("120 GB", 122_880),
            ("8 GB", 8192),
            ("8192", 8192),
            ("8gb", 8192),
            ("512 GB", 524_288),
        ] {
            assert_eq!(memory_mib(text), Value::Number(mib), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_quantity_is_compared_as_written() {
        for text in [
            "many",
            "",
            "NaN",
            "inf",
            "1e3",
            "-1",
            "1024.5",
            "2 vCPU vCPU",
            "0.0001",
        ] {
            assert_eq!(cpu_units(text), Value::Text(text.into()), "{text}");
            assert_eq!(memory_mib(text), Value::Text(text.into()), "{text}");
        }
    }
}
