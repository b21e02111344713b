# SPDX-License-Identifier: GPL-2.0-or-later
# How docs/remedies.md shortens the output of `airlock replay --windbg`: the recipe alone.
/^WINDBG/,$!d
