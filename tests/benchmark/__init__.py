# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the collection with other tools: the same work, on one machine, in one run, in turn.

`./dev bench` measures everything and prints tables. `./dev bench --write` also writes docs/benchmark.md and its plot;
`./dev bench --draw` only draws the plot from the tables in docs/benchmark.md.

    workloads.py   what is measured: each workload is data, so a new one is a new entry
    worlds.py      the emulated accounts
    contenders.py  who does the work, each in its own best way
    commands.py    how it is run: as a play, as a Python script, as a shell command, as several processes
    measure.py     what one run costs: wall time, CPU time and memory of all its processes, and its requests
    results.py     the figures of all runs: medians, ranges, ratios
    waiting.py     waits, simulated over a thousand sets of completion times
    report.py      the tables
    plot.py        the plot
    modules/       Ansible modules to compare with: one that does nothing, one that sends one request
    scripts/       Python scripts to compare with
"""
