package io.github.descent4j.mnist.landscape;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;

/** All optimizers on all functions at once, each at its good rate, step by step. */
public final class Animation {
  private static final int COLUMNS = 3;
  private static final int PANEL = 290;
  private static final int HEADER = 30;
  private static final int LEGEND_LINE = 22;
  private static final int LEGEND_COLUMN = 96;

  /** Frames are ever more steps apart, as most happens in the beginning. */
  private static final double STEPS_RATIO = 1.06;

  private static final int DELAY = 12;
  private static final int LAST_DELAY = 400;

  private final List<Study> studies;
  private final int width;
  private final int height;
  private final List<Rectangle2D> plots = new ArrayList<>();

  private Animation(List<Study> studies) {
    this.studies = studies;
    int columns = Math.min(COLUMNS, studies.size());
    int rows = (studies.size() - 1) / COLUMNS + 1;
    width = columns * PANEL;
    height = HEADER + rows * PANEL + legendRows() * LEGEND_LINE + LEGEND_LINE / 2;
  }

  /**
   * Writes the animation into a folder as an animated GIF, and returns the file.
   *
   * @param studies at least one, all of the same optimizers
   * @throws IOException if it cannot be written
   */
  public static Path write(List<Study> studies, Path folder) throws IOException {
    return new Animation(studies).write(folder.resolve("animation.gif"));
  }

  private Path write(Path file) throws IOException {
    BufferedImage trails = background();
    List<BufferedImage> frames = new ArrayList<>();
    int drawn = 0;
    for (int step : frameSteps(studies.get(0).steps())) {
      drawTrails(trails, drawn, step);
      frames.add(withHeads(trails, step));
      drawn = step;
    }
    AnimatedGif.write(frames, DELAY, LAST_DELAY, file);
    return file;
  }

  /** From 0, the last included. */
  static List<Integer> frameSteps(int steps) {
    List<Integer> frames = new ArrayList<>();
    for (int step = 0; step < steps; step = Math.max(step + 1, (int) (step * STEPS_RATIO))) {
      frames.add(step);
    }
    frames.add(steps);
    return frames;
  }

  private BufferedImage background() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = graphics(image);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    for (int i = 0; i < studies.size(); i++) {
      JFreeChart chart = LandscapeChart.withoutTrajectories(studies.get(i).function());
      ChartRenderingInfo info = new ChartRenderingInfo();
      int column = i % COLUMNS;
      int row = i / COLUMNS;
      Rectangle2D area = new Rectangle2D.Double(PANEL * column, HEADER + PANEL * row, PANEL, PANEL);
      chart.draw(graphics, area, info);
      plots.add(info.getPlotInfo().getDataArea());
    }
    drawLegend(graphics);
    graphics.dispose();
    return image;
  }

  private void drawLegend(Graphics2D graphics) {
    List<Trial> trials = studies.get(0).trials(Pace.GOOD);
    int perRow = trialsPerRow();
    int top = height - legendRows() * LEGEND_LINE;
    graphics.setFont(Style.TEXT);
    for (int i = 0; i < trials.size(); i++) {
      int row = i / perRow;
      int inRow = Math.min(perRow, trials.size() - row * perRow);
      double x = (width - inRow * LEGEND_COLUMN) / 2.0 + i % perRow * LEGEND_COLUMN + 12;
      double y = top + row * LEGEND_LINE;
      drawMark(graphics, i, x, y);
      graphics.setColor(Style.INK);
      graphics.drawString(trials.get(i).optimizer(), (float) x + 9, (float) y + 4);
    }
  }

  private int legendRows() {
    return (studies.get(0).trials(Pace.GOOD).size() - 1) / trialsPerRow() + 1;
  }

  private int trialsPerRow() {
    return width / LEGEND_COLUMN;
  }

  private void drawTrails(BufferedImage image, int from, int to) {
    Graphics2D graphics = graphics(image);
    for (int i = 0; i < studies.size(); i++) {
      Rectangle2D plot = plots.get(i);
      graphics.setClip(plot);
      List<Trial> trials = studies.get(i).trials(Pace.GOOD);
      for (int series = 0; series < trials.size(); series++) {
        List<Point> points = trials.get(series).trajectory().points();
        graphics.setColor(Style.series(series));
        graphics.setStroke(Style.stroke(0, 1.5f));
        for (int step = from + 1; step <= Math.min(to, points.size() - 1); step++) {
          Point before = onScreen(i, points.get(step - 1));
          Point after = onScreen(i, points.get(step));
          graphics.draw(new Line2D.Double(before.x(), before.y(), after.x(), after.y()));
        }
      }
    }
    graphics.dispose();
  }

  private BufferedImage withHeads(BufferedImage trails, int step) {
    BufferedImage frame = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = graphics(frame);
    graphics.drawImage(trails, 0, 0, null);
    graphics.setFont(Style.TITLE);
    graphics.setColor(Style.INK);
    graphics.drawString("step " + step, width / 2 - 26, 21);
    for (int i = 0; i < studies.size(); i++) {
      graphics.setClip(plots.get(i));
      List<Trial> trials = studies.get(i).trials(Pace.GOOD);
      for (int series = 0; series < trials.size(); series++) {
        List<Point> points = trials.get(series).trajectory().points();
        Point head = onScreen(i, points.get(Math.min(step, points.size() - 1)));
        drawMark(graphics, series, head.x(), head.y());
      }
    }
    graphics.dispose();
    return frame;
  }

  private static void drawMark(Graphics2D graphics, int series, double x, double y) {
    graphics.setColor(Style.series(series));
    graphics.fill(Style.at(Style.mark(series), x, y));
    graphics.setColor(Color.WHITE);
    graphics.setStroke(Style.stroke(0, 0.8f));
    graphics.draw(Style.at(Style.mark(series), x, y));
  }

  private Point onScreen(int study, Point point) {
    Rectangle2D plot = plots.get(study);
    Domain domain = studies.get(study).function().domain();
    return new Point(
        plot.getMinX() + (point.x() - domain.xMin()) / domain.width() * plot.getWidth(),
        plot.getMaxY() - (point.y() - domain.yMin()) / domain.height() * plot.getHeight());
  }

  private static Graphics2D graphics(BufferedImage image) {
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    return graphics;
  }
}
