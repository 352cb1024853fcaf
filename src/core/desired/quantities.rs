//! CPU and memory by what they mean: ECS takes units and vCPU, MiB and GB.

use crate::core::desired::value::Value;

/// CPU units of `1024`, `1`, `0.5` or `2 vCPU`; what is none of these is compared as it stands.
pub(crate) fn cpu_units(text: &str) -> Value {
    // Fargate's smallest size is 256 units, its greatest 16 vCPU: the ranges cannot be confused.
    size(text, "vcpu", 128.0)
}

/// MiB of `2048`, `4` or `2 GB`; what is none of these is compared as it stands.
pub(crate) fn memory_mib(text: &str) -> Value {
    // A lone number below Fargate's smallest size, 512 MiB, is meant in GB.
    size(text, "gb", 256.0)
}

/// A lone number from `least_small` on counts small units, of which 1024 make a large one; any other, and one with the large
/// `unit`, counts large ones.
fn size(text: &str, unit: &str, least_small: f64) -> Value {
    let lower = text.trim().to_ascii_lowercase();
    let (number, has_unit) = match lower.strip_suffix(unit) {
        Some(number) => (number.trim_end(), true),
        None => (lower.as_str(), false),
    };
    let is_plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let small = match number.parse::<f64>() {
        Ok(n) if is_plain && !has_unit && n >= least_small => n,
        Ok(n) if is_plain => n * 1024.0,
        Ok(_) | Err(_) => return Value::Text(text.to_owned()),
    };
    match small.fract() == 0.0 && small <= f64::from(u32::MAX) {
        true => Value::Number(small as i64),
        false => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_and_memory_mean_the_same_in_each_of_their_spellings() {
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
    fn what_is_no_size_is_compared_as_it_stands() {
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
