//! CPU and memory quantities, and the pairs that Fargate offers.

use crate::rules::{Case, Patch, check, spec};

#[test]
fn cpu_and_memory_are_what_fargate_offers() {
    check("sizes", &cases());
}

fn pair(cpu: &str, memory: &str) -> Patch {
    spec!({ "cpu": cpu, "memory": memory })
}

fn cpu(cpu: &str) -> Patch {
    spec!({ "cpu": cpu })
}

fn memory(memory: &str) -> Patch {
    spec!({ "memory": memory })
}

const NOT_A_CPU: &str = "use CPU units (256, 512, 1024, 2048, 4096, 8192, 16384) or vCPU (0.25, 0.5, 1, 2, 4, 8, 16), such as '0.5' or '2 vCPU'";
const NOT_A_MEMORY: &str =
    "use MiB (512 or a multiple of 1024), such as '2048', or whole GB (or 0.5 GB), such as '2 GB'";

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            rule: "cpu is in CPU units or in vCPU",
            good: [
                "256", "512", "1024", "2048", "4096", "8192", "16384", "1", "2", "0.5", ".25",
                "0.50", "1.0", "16.00", "32768", "1 vCPU", "2vcpu", "16 VCPU", "32 vCPU",
                ".5 vCPU",
            ]
            .map(cpu)
            .to_vec(),
            bad: vec![
                (
                    cpu("300"),
                    "spec.cpu: Invalid value: \"300\": use CPU units (256, 512, 1024, 2048, 4096, 8192, 16384) or vCPU (0.25, 0.5, 1, 2, 4, 8, 16), such as '0.5' or '2 vCPU'",
                ),
                (cpu("0"), NOT_A_CPU),
                (cpu("0.0"), NOT_A_CPU),
                (cpu("0 vCPU"), NOT_A_CPU),
                (cpu(".1"), NOT_A_CPU),
                (cpu("1.5"), NOT_A_CPU),
                (cpu("3 vCPU"), NOT_A_CPU),
                (cpu("99 vCPU"), NOT_A_CPU),
                (cpu("256 vCPU"), NOT_A_CPU),
                (cpu("17408"), NOT_A_CPU),
                (cpu("0256"), NOT_A_CPU),
                (cpu("16385"), NOT_A_CPU),
                (cpu("500m"), NOT_A_CPU),
                (cpu("1 cpu"), NOT_A_CPU),
                (cpu("-1"), NOT_A_CPU),
                (cpu(" 1"), NOT_A_CPU),
                (cpu("two"), NOT_A_CPU),
            ],
        },
        Case {
            rule: "memory is in MiB or in GB",
            good: [
                "512", "2048", "122880", "4", "2 GB", "2GB", "0.5 GB", "0.5gb", "120 gb", ".5",
                "2.0 GB", "0.50",
            ]
            .map(memory)
            .to_vec(),
            bad: vec![
                (
                    memory("2Gi"),
                    "spec.memory: Invalid value: \"2Gi\": use MiB (512 or a multiple of 1024), such as '2048', or whole GB (or 0.5 GB), such as '2 GB'",
                ),
                (memory("0 GB"), NOT_A_MEMORY),
                (memory("0.0 GB"), NOT_A_MEMORY),
                (memory("000GB"), NOT_A_MEMORY),
                (memory("0.1 GB"), NOT_A_MEMORY),
                (memory("1.7 GB"), NOT_A_MEMORY),
                (memory("300"), NOT_A_MEMORY),
                (memory("1025"), NOT_A_MEMORY),
                (memory("1.5"), NOT_A_MEMORY),
                (memory("999 GB"), NOT_A_MEMORY),
                (memory("2048 MB"), NOT_A_MEMORY),
                (memory("0"), NOT_A_MEMORY),
                (memory("2 G"), NOT_A_MEMORY),
                (memory("lots"), NOT_A_MEMORY),
            ],
        },
        Case {
            rule: "cpu and memory must be a pair that Fargate offers",
            good: [
                ("256", "512"),
                ("256", "1024"),
                ("256", "2048"),
                ("512", "1024"),
                ("512", "4096"),
                ("1024", "2048"),
                ("1024", "8192"),
                ("2048", "4096"),
                ("2048", "16384"),
                ("4096", "8192"),
                ("4096", "30720"),
                ("8192", "16384"),
                ("8192", "20480"),
                ("8192", "61440"),
                ("16384", "32768"),
                ("16384", "40960"),
                ("16384", "122880"),
            ]
            .map(|(cpu, memory)| pair(cpu, memory))
            .to_vec(),
            bad: vec![
                (
                    pair("256", "4096"),
                    r#"spec.memory: Invalid value: memory "4096" does not go with cpu "256": Fargate offers 512, 1024 or 2048"#,
                ),
                (pair("256", "1536"), "Fargate offers 512, 1024 or 2048"),
                (
                    pair("512", "512"),
                    "Fargate offers 1024 to 4096 in steps of 1024",
                ),
                (
                    pair("512", "5120"),
                    "Fargate offers 1024 to 4096 in steps of 1024",
                ),
                (
                    pair("512", "1025"),
                    "Fargate offers 1024 to 4096 in steps of 1024",
                ),
                (
                    pair("1024", "1024"),
                    "Fargate offers 2048 to 8192 in steps of 1024",
                ),
                (
                    pair("1024", "9216"),
                    "Fargate offers 2048 to 8192 in steps of 1024",
                ),
                (
                    pair("2048", "3072"),
                    "Fargate offers 4096 to 16384 in steps of 1024",
                ),
                (
                    pair("2048", "17408"),
                    "Fargate offers 4096 to 16384 in steps of 1024",
                ),
                (
                    pair("4096", "7168"),
                    "Fargate offers 8192 to 30720 in steps of 1024",
                ),
                (
                    pair("4096", "31744"),
                    "Fargate offers 8192 to 30720 in steps of 1024",
                ),
                (
                    pair("8192", "12288"),
                    "Fargate offers 16384 to 61440 in steps of 4096",
                ),
                (
                    pair("8192", "17408"),
                    "Fargate offers 16384 to 61440 in steps of 4096",
                ),
                (
                    pair("8192", "65536"),
                    "Fargate offers 16384 to 61440 in steps of 4096",
                ),
                (
                    pair("16384", "24576"),
                    "Fargate offers 32768 to 122880 in steps of 8192",
                ),
                (
                    pair("16384", "36864"),
                    "Fargate offers 32768 to 122880 in steps of 8192",
                ),
                (
                    pair("16384", "131072"),
                    "Fargate offers 32768 to 122880 in steps of 8192",
                ),
            ],
        },
        Case {
            rule: "the pair is checked in whatever spelling",
            good: vec![
                pair("2", "4"),
                pair("256", "0.5 GB"),
                pair(".25 vCPU", "512"),
                pair("1 vCPU", "2048"),
                pair("1024", "2"),
                pair("16 vCPU", "120 GB"),
                // Greater than what Fargate offers today, so its pairs are unknown.
                pair("32 vCPU", "64 GB"),
                pair("32768", "2048"),
            ],
            bad: vec![
                (
                    pair("256", "8 GB"),
                    r#"spec.memory: Invalid value: memory "8 GB" does not go with cpu "256": Fargate offers 512, 1024 or 2048"#,
                ),
                (
                    pair("1 vCPU", "512"),
                    r#"memory "512" does not go with cpu "1 vCPU": Fargate offers 2048 to 8192 in steps of 1024"#,
                ),
                (pair("0.25", "4"), "Fargate offers 512, 1024 or 2048"),
                (
                    pair("16 vCPU", "0.5 GB"),
                    "Fargate offers 32768 to 122880 in steps of 8192",
                ),
                (
                    pair("8", "20GB").and(spec!({ "memory": "18GB" })),
                    "Fargate offers 16384 to 61440 in steps of 4096",
                ),
                (
                    pair(".5 vCPU", "5 gb"),
                    "Fargate offers 1024 to 4096 in steps of 1024",
                ),
            ],
        },
        Case {
            rule: "unquoted numbers are refused by their type",
            good: vec![],
            bad: vec![
                (
                    spec!({ "cpu": 1024 }),
                    r#"spec.cpu: Invalid value: "integer": spec.cpu in body must be of type string: "integer""#,
                ),
                (
                    spec!({ "memory": 2048 }),
                    r#"spec.memory: Invalid value: "integer": spec.memory in body must be of type string: "integer""#,
                ),
                (
                    spec!({ "cpu": 0.5 }),
                    r#"spec.cpu: Invalid value: "number": spec.cpu in body must be of type string: "number""#,
                ),
            ],
        },
        Case {
            rule: "the architecture is one that Fargate has",
            good: vec![
                spec!({ "cpuArchitecture": "X86_64" }),
                spec!({ "cpuArchitecture": "ARM64" }),
            ],
            bad: vec![(
                spec!({ "cpuArchitecture": "arm64" }),
                r#"spec.cpuArchitecture: Unsupported value: "arm64": supported values: "X86_64", "ARM64""#,
            )],
        },
    ]
}
