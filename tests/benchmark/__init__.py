# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection and its peers, side by side: the same work, on one machine, in one run, by turns.

`./dev bench` runs everything and prints tables; `./dev bench --write` also writes docs/benchmark.md and its
plot, and `./dev bench --draw` only draws the plot from the tables in docs/benchmark.md.

    workloads.py   WHAT is measured: each workload is data; a new one is a new entry there
    worlds.py      WHAT there is to be asked
    contenders.py  WHO does the work, each in its own best way
    commands.py    HOW it is run: as a play, as a Python script, as a shell command
    measure.py     what one run cost: wall and CPU time and memory of all its processes, and the requests it sent
    figures.py     medians, spreads, ratios
    waiting.py     the waits, simulated over a thousand draws of completion times
    report.py      the tables; plot.py the plot
    modules/       Ansible modules to compare with: one that does nothing, one that sends one request
    scripts/       plain Python scripts to compare with
"""
