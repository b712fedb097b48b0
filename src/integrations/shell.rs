//! How a line of git config reaches the shell: through a variable, since the arguments of a process are
//! open to everybody on the machine and the line may hold a secret.

/// The variable; what the line starts does not inherit it.
pub(super) const LINE: &str = "HOTFIX_LINE";

/// What `sh -c` is given.
pub(super) const EVAL: &str = "line=$HOTFIX_LINE; unset HOTFIX_LINE; eval \"$line\"";
