"use strict";
(() => {
  const HEIGHT = 260;
  const COLOURS = 8;
  const DASHES = [[], [8, 4], [2, 3]];
  const BORDERS = ["solid", "dashed", "dotted"];
  const WHOLE = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((size) => [size, 2 * size, 5 * size]);
  const root = document.documentElement;
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const boxes = [...document.querySelectorAll("[data-chart]")];
  const plots = [];

  const colour = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();

  function text(value) {
    if (value == null) {
      return "–";
    }
    const size = Math.abs(value);
    return size !== 0 && (size >= 1e6 || size < 1e-3)
      ? value.toExponential(2).replace("e+", "e")
      : String(Number(value.toPrecision(4)));
  }

  function tick(value) {
    const size = Math.abs(value);
    return size !== 0 && (size >= 1e5 || size < 1e-3)
      ? String(Number(value.toPrecision(3)).toExponential()).replace("e+", "e")
      : String(Number(value.toPrecision(6)));
  }

  /** One column of x for all curves, as uPlot wants it; on a logarithmic axis only what is above 0 has a place. */
  function joined(chart) {
    const drawable = (axis, v) => v != null && (!axis.logarithmic || v > 0);
    return uPlot.join(chart.series.map((s) => {
      const at = s.x.map((x, i) => i).filter((i) => drawable(chart.x, s.x[i]));
      return [at.map((i) => s.x[i]), at.map((i) => drawable(chart.y, s.y[i]) ? s.y[i] : null)];
    }));
  }

  function axis(spec, size) {
    const result = {
      label: spec.label,
      labelSize: 20,
      size,
      stroke: colour("quiet"),
      grid: { stroke: colour("grid"), width: 1 },
      ticks: { stroke: colour("line"), width: 1, size: 5 },
      values: (u, splits) => splits.map((v) => v == null ? "" : tick(v)),
    };
    if (spec.whole) {
      result.incrs = WHOLE;
    }
    return result;
  }

  function scale(spec) {
    return spec.logarithmic ? { distr: 3, log: 10, time: false } : { time: false };
  }

  function curve(s, i) {
    const line = colour(s.faint ? "quiet" : "series" + i % COLOURS);
    const dash = Math.floor(i / COLOURS) % DASHES.length;
    return {
      border: BORDERS[dash],
      label: s.name,
      scale: "y",
      stroke: s.faint ? line + "70" : line,
      width: s.faint ? 1 : s.strong ? 3.5 : 1.75,
      dash: DASHES[dash],
      points: { show: !s.faint && s.x.length <= 30, size: 6, fill: line },
      value: (u, v) => text(v),
    };
  }

  /** Of y, so that the bars of the curves that are shown fit in. */
  function yRange(chart) {
    return (u, least, most) => {
      let [low, high] = [least, most];
      chart.series.forEach((s, i) => s.lowest && u.series[i + 1].show && s.x.forEach((x, j) => {
        if (low != null && x >= u.scales.x.min && x <= u.scales.x.max) {
          [s.lowest[j], s.highest[j]].forEach((v) => {
            if (v != null && (!chart.y.logarithmic || v > 0)) {
              low = Math.min(low, v);
              high = Math.max(high, v);
            }
          });
        }
      }));
      if (low == null) {
        return [null, null];
      }
      return chart.y.logarithmic ? uPlot.rangeLog(low, high, 10, false) : uPlot.rangeNum(low, high, 0.1, true);
    };
  }

  /** Bars from the lowest to the highest value at each x. */
  function drawBars(u, s) {
    const pixel = devicePixelRatio;
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.beginPath();
    s.x.forEach((x, i) => {
      if (s.lowest[i] == null || s.highest[i] == null) {
        return;
      }
      const at = u.valToPos(x, "x", true);
      const ends = [s.lowest[i], s.highest[i]].map((v) => u.valToPos(v, "y", true));
      ends.forEach((y) => {
        ctx.moveTo(at - 3 * pixel, y);
        ctx.lineTo(at + 3 * pixel, y);
      });
      ctx.moveTo(at, ends[0]);
      ctx.lineTo(at, ends[1]);
    });
    ctx.lineWidth = pixel;
    ctx.stroke();
    ctx.restore();
  }

  /** Without a pointer the legend tells where each curve ends. */
  function showEnds(u) {
    const last = u.data.map((values) => values.findLastIndex((v) => v != null));
    u.setLegend({ idxs: last.map((i) => i < 0 ? null : i) }, false);
  }

  function legendByKeys(u) {
    u.root.querySelectorAll(".u-legend .u-series:not(:first-child) th").forEach((label) => {
      label.tabIndex = 0;
      label.setAttribute("role", "button");
      label.addEventListener("keydown", (e) => {
        if (e.key === "Enter" || e.key === " ") {
          e.preventDefault();
          label.click();
        }
      });
    });
  }

  function followTouch(u) {
    const follow = (e) => {
      const box = u.over.getBoundingClientRect();
      u.setCursor({ left: e.touches[0].clientX - box.left, top: e.touches[0].clientY - box.top });
    };
    u.over.addEventListener("touchstart", follow, { passive: true });
    u.over.addEventListener("touchmove", follow, { passive: true });
  }

  function draw(i) {
    const chart = charts[i];
    const data = joined(chart);
    const bars = chart.series.some((s) => s.lowest);
    if (!data.slice(1).flat().some((v) => v != null)) {
      boxes[i].textContent = "There are no values to draw.";
      return;
    }
    if (plots[i]) {
      plots[i].destroy();
    }
    plots[i] = new uPlot({
      width: boxes[i].clientWidth,
      height: HEIGHT,
      scales: { x: scale(chart.x), y: { ...scale(chart.y), ...(bars ? { range: yRange(chart) } : {}) } },
      axes: [axis(chart.x, 32), axis(chart.y, 54)],
      series: [
        { label: chart.x.label, value: (u, v) => text(v) },
        ...chart.series.map((s, j) => curve(s, chart.series.slice(0, j).filter((t) => !t.faint).length)),
      ].map((s) => ({ ...s, spanGaps: false })),
      legend: { markers: { width: 3, dash: (u, j) => u.series[j].border } },
      cursor: { points: { size: 8 }, drag: { x: true, y: false }, y: false },
      hooks: {
        ready: [showEnds, legendByKeys, followTouch],
        drawSeries: [(u, j) => {
          if (chart.series[j - 1].lowest) {
            u.ctx.strokeStyle = u.series[j].stroke(u, j);
            drawBars(u, chart.series[j - 1]);
          }
        }],
        setCursor: [(u) => { if (u.cursor.left < 0) { showEnds(u); } }],
      },
    }, data, boxes[i]);
  }

  function drawAll() {
    charts.forEach((chart, i) => draw(i));
  }

  /** The other way to see the values: differences, or factors. */
  function offerLogarithms(i) {
    const values = charts[i].series.flatMap((s) => s.y).filter((v) => v != null);
    if (values.length === 0 || Math.min(...values) <= 0) {
      return;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "log scale";
    const show = () => button.setAttribute("aria-pressed", String(charts[i].y.logarithmic));
    button.addEventListener("click", () => {
      charts[i].y.logarithmic = !charts[i].y.logarithmic;
      show();
      draw(i);
    });
    show();
    boxes[i].parentElement.querySelector("figcaption").append(button);
  }

  charts.forEach((chart, i) => offerLogarithms(i));
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("beforeprint", () => { root.dataset.paper = ""; drawAll(); });
  addEventListener("afterprint", () => { delete root.dataset.paper; drawAll(); });
  const observer = new ResizeObserver((entries) => entries.forEach((entry) => {
    const plot = plots[entry.target.dataset.chart];
    if (plot && entry.contentRect.width > 0 && entry.contentRect.width !== plot.width) {
      plot.setSize({ width: entry.contentRect.width, height: HEIGHT });
    }
  }));
  boxes.forEach((box) => observer.observe(box));
})();
