//! The CEL rules for CPU and memory: the quantities that Fargate offers, in every spelling that ECS accepts.

use kube::core::Rule;

use super::rules::rule;

/// Spellings of a CPU quantity: units (`1024`) or vCPU (`1`, `0.5`, `2 vCPU`).
const CPU: &str = "^([1-9][0-9]{2,5}|(0|[1-9][0-9]{0,2})?([.][0-9]{1,2})?( ?[vV][cC][pP][uU])?)$";
/// Spellings of a memory quantity: MiB (`2048`) or GB (`4`, `0.5`, `2 GB`).
const MEMORY: &str = "^([1-9][0-9]{2,5}|(0|[1-9][0-9]{0,2})?([.][0-9]{1,2})?( ?[gG][bB])?)$";
/// At least one digit: `vCPU` alone is not a quantity.
const DIGIT: &str = "[0-9]";

/// Memory that Fargate offers for each CPU quantity: CPU units, lowest and highest MiB, step in MiB
/// (`RegisterTaskDefinition`).
const FARGATE: [(u32, u32, u32, u32); 6] = [
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16384, 1024),
    (4096, 8192, 30720, 1024),
    (8192, 16384, 61440, 4096),
    (16384, 32768, 122_880, 8192),
];

/// CEL expression: whether the text at `path` is spelled as a quantity.
fn spelled(path: &str, spelling: &str) -> String {
    format!("{path}.matches('{spelling}') && {path}.matches('{DIGIT}')")
}

/// CEL expression: CPU units of the text at `path`. A number of three digits or more is in units, because 256 units are the
/// smallest quantity and no quantity has that many vCPU.
fn units(path: &str) -> String {
    let number = format!("double({path}.lowerAscii().replace('vcpu', '').trim())");
    format!("({path}.matches('^[0-9]{{3,6}}$') ? int({path}) : int({number} * 1024.0))")
}

/// CEL expression: MiB of the text at `path`. A bare number below 256 is in GB, because 512 MiB are the smallest quantity.
fn mib(path: &str) -> String {
    let number = format!("double({path}.lowerAscii().replace('gb', '').trim())");
    format!(
        "({path}.matches('^([3-9][0-9]{{2}}|2[5-9][0-9]|[0-9]{{4,6}})$') ? int({path}) : int({number} * 1024.0))"
    )
}

/// Above today's largest quantity, multiples of 8 vCPU are accepted up to 192, so that Fargate can grow.
pub(super) fn cpu() -> Rule {
    let (spelled, units) = (spelled("self", CPU), units("self"));
    Rule::new(format!(
        "{spelled} && [{units}].all(c, c in [256, 512, 1024, 2048, 4096, 8192, 16384] || (c > 16384 && c <= 196608 && c % 8192 == 0))"
    ))
    .message("use CPU units (256, 512, 1024, 2048, 4096, 8192, 16384) or vCPU (0.25, 0.5, 1, 2, 4, 8, 16), such as '0.5' or '2 vCPU'")
}

/// Above the memory for today's largest CPU quantity, multiples of 8 GB are accepted up to 768.
pub(super) fn memory() -> Rule {
    let (spelled, mib) = (spelled("self", MEMORY), mib("self"));
    Rule::new(format!(
        "{spelled} && [{mib}].all(m, m == 512 || (m > 0 && m <= 122880 && m % 1024 == 0) || (m > 122880 && m <= 786432 && m % 8192 == 0))"
    ))
    .message("use MiB (512 or a multiple of 1024), such as '2048', or whole GB (or 0.5 GB), such as '2 GB'")
}

/// The pairs of CPU and memory that Fargate offers, in any spelling. Larger CPU quantities accept any memory, because their
/// pairs are not known yet.
pub(super) fn fargate_pair() -> Rule {
    let (cpu, memory) = (spelled("self.cpu", CPU), spelled("self.memory", MEMORY));
    let (units, mib) = (units("self.cpu"), mib("self.memory"));
    let fits = FARGATE
        .map(|(cpu, from, to, step)| {
            format!("c == {cpu} ? m >= {from} && m <= {to} && m % {step} == 0 : ")
        })
        .concat();
    let offers = FARGATE
        .map(|(cpu, from, to, step)| format!("{cpu}: '{from} to {to} in steps of {step}'"))
        .join(", ");
    // Only today's CPU quantities can break the rule, so each has an entry.
    let offers = format!("{{256: '512, 1024 or 2048', {offers}}}[{units}]");
    rule(
        &format!(
            "!has(self.cpu) || !has(self.memory) || !({cpu}) || !({memory}) || [{units}].all(c, [{mib}].all(m, c == 256 ? m in [512, 1024, 2048] : {fits}true))"
        ),
        format!(
            "'memory \"%s\" does not go with cpu \"%s\": Fargate offers %s'.format([self.memory, self.cpu, {offers}])"
        ),
    )
    .field_path(".memory")
}
