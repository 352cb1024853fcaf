//! Tests of the command line.

use super::{Cli, Command};

fn run(flags: &[&str]) -> Result<Box<super::Run>, String> {
    let arguments = ["ecs-express-operator", "run"].iter().chain(flags);
    match Cli::try_parse_with(arguments, |_| None).map(|cli| cli.command) {
        Ok(Command::Run(run)) => Ok(run),
        Ok(Command::Crd) => Err("crd".into()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn an_interval_or_a_rate_out_of_range_is_rejected_with_its_flag_and_the_valid_range() {
    for (flag, value, right) in [
        ("--max-reconcile-rate", "0", "at least 0.01"),
        ("--max-reconcile-rate", "NaN", "at least 0.01"),
        ("--max-reconcile-rate", "inf", "at least 0.01"),
        ("--max-reconcile-rate", "five", "not a number"),
        ("--resync-interval", "0s", "shorter than 100ms"),
        ("--poll-interval", "99ms", "shorter than 100ms"),
        ("--poll-interval", "10", "time unit"),
        ("--settle-window", "0s", "shorter than 100ms"),
        ("--absence-gap", "0s", "shorter than 100ms"),
        ("--absence-gap", "99ms", "shorter than 100ms"),
        ("--resync-interval", "300000000000y", "longer than 10y"),
        ("--settle-window", "11y", "longer than 10y"),
    ] {
        let error = run(&[flag, value]).unwrap_err();
        assert!(error.contains(flag) && error.contains(right), "{error}");
    }
    let error = run(&["--max-reconcile-rate=-1"]).unwrap_err();
    assert!(error.contains("at least 0.01"), "{error}");
}

#[test]
fn an_id_that_a_template_left_empty_or_unfilled_is_rejected_with_its_flag_and_the_remedy() {
    let long = "a".repeat(257);
    let wrong = [
        "",
        " ",
        "\t",
        "a b",
        " a",
        "a\n",
        "${CLUSTER_ID}",
        "$CLUSTER_ID",
        "$(CLUSTER_ID)",
        "{{ .Values.clusterId }}",
        "<cluster-id>",
        "%CLUSTER_ID%",
        "a,b",
        "a*",
        "aws:cluster",
        "AWS:cluster",
        &long,
    ];
    for id in wrong {
        let error = run(&[&format!("--cluster-id={id}")]).unwrap_err();
        assert!(
            error.contains("--cluster-id") && error.contains("unset it"),
            "{id}: {error}"
        );
    }
    let right = [
        "0b5b2b0c-7c39-4f0e-8f37-1d3c3c0f4b1a",
        "prod.eu-west-1/blue_2:a=b+c@d",
        "gr\u{fc}n",
        &long[1..],
    ];
    for id in right {
        let flag = format!("--cluster-id={id}");
        assert_eq!(run(&[&flag]).unwrap().cluster_id.as_deref(), Some(id));
    }
}

#[test]
fn an_empty_or_malformed_namespace_or_region_is_rejected() {
    for (flag, wrong) in [
        ("--namespace", ["", "Team", "${NAMESPACE}"]),
        ("--aws-region", ["", "eu west", "${AWS_REGION}"]),
    ] {
        for value in wrong {
            let error = run(&[&format!("{flag}={value}")]).unwrap_err();
            assert!(error.contains(flag), "{value}: {error}");
        }
    }
    let run = run(&["--namespace=team-a", "--aws-region=us-gov-west-1"]).unwrap();
    assert_eq!(run.namespace.as_deref(), Some("team-a"));
    assert_eq!(run.aws_region.as_deref(), Some("us-gov-west-1"));
}

#[test]
fn a_log_filter_that_would_silence_the_log_is_rejected() {
    for wrong in [
        "",
        " ",
        "inof",
        "verbose",
        "info,hyper",
        "${LOG}",
        "info;debug",
    ] {
        let error = run(&[&format!("--log={wrong}")]).unwrap_err();
        assert!(error.contains("--log"), "{wrong}: {error}");
    }
    for right in [
        "info",
        "WARN",
        "off",
        "info,ecs_express_operator=debug",
        "warn,hyper=off",
        "ecs_express_operator[span{object=a,b}]=trace",
    ] {
        let log = run(&[&format!("--log={right}")]).unwrap().log;
        assert_eq!(log, right);
    }
}

#[test]
fn the_help_names_every_exit_code() {
    use clap::CommandFactory;
    let help = Cli::command().render_help().to_string();
    let codes = help.split_once("Exit codes:").unwrap().1;
    let numbers = codes.split_whitespace().flat_map(str::parse::<u8>);
    assert_eq!(
        numbers.collect::<Vec<_>>(),
        [0, 1, 2, 3, 4, 5, 130],
        "{help}"
    );
}

#[test]
fn the_flags_become_the_settings_of_the_controller() {
    let flags = [
        "--max-reconcile-rate=0.5",
        "--resync-interval=1m",
        "--poll-interval=2s",
    ];
    let intervals = run(&flags).unwrap().settings().intervals;
    assert_eq!(intervals.max_reconcile_rate, 0.5);
    assert_eq!(
        (intervals.resync.as_secs(), intervals.poll.as_secs()),
        (60, 2)
    );
}

#[test]
fn a_variable_of_a_former_name_still_counts_and_is_reported_with_its_new_name() {
    let parse = |flags: &[&str], variables: &[(&str, &str)]| {
        let arguments = ["ecs-express-operator", "run"].iter().chain(flags);
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        match Cli::try_parse_with(arguments, variable).map(|cli| cli.command) {
            Ok(Command::Run(run)) => Ok(run),
            Ok(Command::Crd) => Err("crd".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    };
    let former = [
        ("ECS_EXPRESS_LOOK_INTERVAL", "1m"),
        ("ECS_EXPRESS_LOOK_RATE", "0.5"),
    ];
    let run = parse(&[], &former).unwrap();
    assert_eq!(
        (run.resync_interval.as_secs(), run.max_reconcile_rate),
        (60, 0.5)
    );
    let names: Vec<_> = run
        .renamed_variables
        .iter()
        .map(|renamed| (renamed.former, renamed.name))
        .collect();
    let renamed = [
        ("ECS_EXPRESS_LOOK_INTERVAL", "ECS_EXPRESS_RESYNC_INTERVAL"),
        ("ECS_EXPRESS_LOOK_RATE", "ECS_EXPRESS_MAX_RECONCILE_RATE"),
    ];
    assert_eq!(names, renamed);

    // A flag takes precedence, also under its former name.
    let run = parse(&["--resync-interval=2m", "--look-rate=4"], &former).unwrap();
    assert_eq!(
        (run.resync_interval.as_secs(), run.max_reconcile_rate),
        (120, 4.0)
    );
    assert_eq!(run.renamed_variables, []);
    let run = parse(&["--resync-interval=2m"], &former).unwrap();
    assert_eq!(
        (run.resync_interval.as_secs(), run.max_reconcile_rate),
        (120, 0.5),
        "of its own argument only"
    );

    let error = parse(&[], &[("ECS_EXPRESS_LOOK_RATE", "0")]).unwrap_err();
    assert!(
        error.contains("ECS_EXPRESS_LOOK_RATE") && error.contains("at least 0.01"),
        "{error}"
    );
}

#[test]
fn the_help_does_not_show_flags_for_tests_nor_former_names() {
    let help = run(&["--help"]).unwrap_err();
    assert!(help.contains("--resync-interval"), "{help}");
    for hidden in [
        "--settle-window",
        "--absence-gap",
        "look-interval",
        "look-rate",
    ] {
        assert!(!help.contains(hidden), "{hidden} in {help}");
    }
}
