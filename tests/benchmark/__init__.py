# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the collection with other tools: the same work, in turn, in one run on one machine.

`./dev bench` measures everything and prints tables. `./dev bench --write` also writes docs/benchmark.md and its plot;
`./dev bench --draw` only draws the plot from the tables in docs/benchmark.md.

    workloads.py   the workloads; to add one, add an entry
    worlds.py      the emulated accounts
    contenders.py  the tools that are compared
    commands.py    the commands that run them: a play, a Python script, a shell command, or several processes
    measure.py     the cost of one run: wall time, CPU time and memory of all its processes, and its requests
    results.py     the figures of all runs: medians, ranges, ratios
    waiting.py     waits, simulated over a thousand sets of completion times
    report.py      the tables
    plot.py        the plot
    modules/       Ansible modules to compare with: one that does nothing, one that sends one request
    scripts/       Python scripts to compare with
"""
