"""Makes the table and the picture of ../optimizers.md.

    python3 optimizers-mnist.py [COMPARISON.csv ...]

Adds what `compare --csv` wrote, a row for each run, to optimizers-mnist.csv, a row for each optimizer and rate; draws that
as ../images/optimizers-mnist.svg, and prints it in Markdown. Needs Python 3.9, and nothing else.
"""

import csv
import math
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).parent
CSV = FOLDER / "optimizers-mnist.csv"
PAGE = FOLDER.parent / "optimizers.md"
PICTURE = FOLDER.parent / "images" / "optimizers-mnist.svg"
FIELDS = ["optimizer", "learningRate", "mean", "lowest", "highest", "diverged"]
COLUMNS = 6

# What the command line has beside the update rules.
WRAPPERS = {
    "lookahead": "Lookahead",
    "sam": "Sam",
    "schedulefree-sgd": "ScheduleFree.sgd",
    "schedulefree-adamw": "ScheduleFree.adamW",
}


def merged(files):
    """All results by optimizer and rate, those of the files in place of older ones."""
    with open(CSV, newline="", encoding="utf-8") as file:
        results = {(row["optimizer"], float(row["learningRate"])): row for row in csv.DictReader(file)}
    runs = {}
    for name in files:
        with open(name, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                runs.setdefault((row["optimizer"], float(row["learning_rate"])), []).append(row)
    for key, rows in runs.items():
        # A run that diverged knows no more than a guess.
        reached = [0.1 if row["diverged"] == "true" else float(row["test_accuracy"]) for row in rows]
        numbers = [sum(reached) / len(reached), min(reached), max(reached)]
        diverged = sum(row["diverged"] == "true" for row in rows)
        results[key] = dict(zip(FIELDS, [key[0], f"{key[1]:g}", *(f"{n:.4f}" for n in numbers), str(diverged)]))
    return results


def ordered(results):
    """The rows of each optimizer, the optimizer with the highest mean first."""
    by_optimizer = {}
    for key in sorted(results):
        by_optimizer.setdefault(key[0], []).append(results[key])
    return sorted(by_optimizer.values(), key=lambda rows: -max(float(row["mean"]) for row in rows))


def class_names():
    """Names as in Java, by those of the command line."""
    first = PAGE.read_text(encoding="utf-8").split("\n## ")[0]
    names = re.findall(r"^\| `(\w+)` \|", first, re.MULTILINE)
    return {name.lower(): name for name in names} | WRAPPERS


def table(optimizers, names):
    rates = sorted({float(row["learningRate"]) for rows in optimizers for row in rows})
    lines = ["| rule | " + " | ".join(f"{rate:g}" for rate in rates) + " |", "|---" * (len(rates) + 1) + "|"]
    for rows in optimizers:
        best = max(rows, key=lambda row: float(row["mean"]))
        cells = []
        for row in rows:
            mean = f"{100 * float(row['mean']):.2f}"
            spread = f"{100 * (float(row['highest']) - float(row['lowest'])):.2f}"
            note = f"{row['diverged']} of 3 diverged" if row["diverged"] != "0" else spread
            cells.append(f"{'**' + mean + '**' if row is best else mean} ({note})")
        lines.append(f"| `{names[rows[0]['optimizer']]}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def height(accuracy):
    """Where in a panel an error stands, on a logarithmic scale from 2 % to 90 %."""
    error = min(max(1 - accuracy, 0.02), 0.9)
    return 14 + 70 * math.log(error / 0.02) / math.log(0.9 / 0.02)


def panel(rows, name, x, y):
    parts = [f'<g transform="translate({x},{y})"><text x="28" y="10" font-weight="bold">{name}</text>']
    for error in (0.9, 0.3, 0.1, 0.03):
        at = height(1 - error)
        parts.append(
            f'<line x1="28" x2="140" y1="{at:.1f}" y2="{at:.1f}" stroke="#e2e5ea"/><text x="24" y="{at + 2.5:.1f}"'
            f' text-anchor="end" font-size="7" fill="#667">{100 * error:g} %</text>')
    points = []
    for i, row in enumerate(rows):
        across = 36 + 24 * i
        lowest, mean, highest = (height(float(row[field])) for field in ("lowest", "mean", "highest"))
        colour = "#2b4a9b" if row["diverged"] == "0" else "#b03030"
        points.append(f"{across},{mean:.1f}")
        parts.append(f'<line x1="{across}" x2="{across}" y1="{lowest:.1f}" y2="{highest:.1f}" stroke="#7a8cc0"/>')
        parts.append(f'<circle cx="{across}" cy="{mean:.1f}" r="2.2" fill="{colour}"/>')
        parts.append(
            f'<text x="{across}" y="100" text-anchor="middle" font-size="7" fill="#667">'
            f'{float(row["learningRate"]):g}</text>')
    parts.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="#2b4a9b"/></g>')
    return "\n".join(parts)


def picture(optimizers, names):
    lines = -(-len(optimizers) // COLUMNS)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {20 + 150 * COLUMNS} {38 + 112 * lines}"'
        ' font-family="sans-serif" font-size="10" fill="#222">',
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="10" y="16" font-size="13">Test error against learning rate: mean of 3 seeds, bars from the lowest to'
        " the highest</text>"]
    for i, rows in enumerate(optimizers):
        parts.append(panel(rows, names[rows[0]["optimizer"]], 10 + 150 * (i % COLUMNS), 26 + 112 * (i // COLUMNS)))
    return "\n".join([*parts, "</svg>", ""])


def main():
    optimizers = ordered(merged(sys.argv[1:]))
    names = class_names()
    with open(CSV, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        for rows in optimizers:
            writer.writerows(rows)
    PICTURE.write_text(picture(optimizers, names), encoding="utf-8")
    print(table(optimizers, names))


if __name__ == "__main__":
    main()
