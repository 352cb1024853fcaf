//! CPU and memory by what they mean: ECS takes units and vCPU, MiB and GB.

use super::field::Value;

/// CPU units of `1024`, `1`, `0.5` or `2 vCPU`; what is none of these is compared as it stands.
pub(super) fn cpu_units(text: &str) -> Value {
    let lower = text.to_ascii_lowercase();
    let number = lower.trim_end_matches("vcpu").trim();
    match number.parse::<f64>() {
        // Fargate's smallest size is 256 units, its greatest 16 vCPU: the ranges cannot be confused.
        Ok(n) if n >= 128.0 => Value::Number(n as i64),
        Ok(n) => Value::Number((n * 1024.0).round() as i64),
        Err(_) => Value::Text(text.to_owned()),
    }
}

/// MiB of `2048`, `4` or `2 GB`; what is none of these is compared as it stands.
pub(super) fn memory_mib(text: &str) -> Value {
    let lower = text.to_ascii_lowercase();
    let number = lower.trim_end_matches("gb").trim();
    match number.parse::<f64>() {
        // A lone number below Fargate's smallest size, 512 MiB, is meant in GB.
        Ok(n) if number.len() == lower.len() && n >= 256.0 => Value::Number(n as i64),
        Ok(n) => Value::Number((n * 1024.0).round() as i64),
        Err(_) => Value::Text(text.to_owned()),
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
        ] {
            assert_eq!(memory_mib(text), Value::Number(mib), "{text}");
        }
        assert_eq!(cpu_units("many"), Value::Text("many".into()));
    }
}
