//! The binary `redress`.

fn main() -> std::process::ExitCode {
    redress_cli::main(std::env::args_os())
}
