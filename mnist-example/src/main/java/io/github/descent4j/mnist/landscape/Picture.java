package io.github.descent4j.mnist.landscape;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.JFreeChart;
import org.w3c.dom.Document;

/** Charts side by side, as a file. */
public final class Picture {
  private static final int PANEL_WIDTH = 430;
  private static final int PANEL_HEIGHT = 470;
  private static final int LEGEND_LINE = 18;

  /** Pixels of a PNG file for each unit of length. */
  private static final int PIXELS = 2;

  /** What a picture can be stored as. */
  public enum Format {
    /** Of lines and text, sharp at any size. */
    SVG,
    /** Of pixels. */
    PNG;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String name;
  private final int width;
  private final int height;
  private final List<JFreeChart> charts;

  private Picture(String name, int width, int height, List<JFreeChart> charts) {
    this.name = name;
    this.width = width;
    this.height = height;
    this.charts = charts;
  }

  /** A chart for each pace. */
  public static Picture of(Study study) {
    List<JFreeChart> charts = Arrays.stream(Pace.values())
        .map(pace -> LandscapeChart.of(study.function(), pace, study.trials(pace)))
        .toList();
    int legendLines = study.trials(Pace.GOOD).size() + 2;
    return new Picture(
        study.function().toString(),
        PANEL_WIDTH * charts.size(),
        PANEL_HEIGHT + LEGEND_LINE * legendLines,
        charts);
  }

  /** Where the players of Reddi's example are over time. */
  public static Picture ofReddiExample(Map<String, double[]> points) {
    return new Picture("reddi", 2 * PANEL_WIDTH, PANEL_HEIGHT, List.of(ReddiChart.of(points)));
  }

  /**
   * Writes the picture into a folder, and returns the file.
   *
   * @throws IOException if it cannot be written
   */
  public Path write(Path folder, Format format) throws IOException {
    Path file = folder.resolve(name + "." + format);
    switch (format) {
      case SVG -> writeSvg(file);
      case PNG -> writePng(file);
    }
    return file;
  }

  private void writeSvg(Path file) throws IOException {
    Document document;
    try {
      document = DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK's XML parser is not there", e);
    }
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
    context.setComment(null);
    context.setPrecision(1);
    SVGGraphics2D graphics = new SVGGraphics2D(context, false);
    graphics.setSVGCanvasSize(new Dimension(width, height));
    paint(graphics);
    try (Writer out = Files.newBufferedWriter(file)) {
      graphics.stream(out);
    }
  }

  private void writePng(Path file) throws IOException {
    BufferedImage image =
        new BufferedImage(width * PIXELS, height * PIXELS, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.scale(PIXELS, PIXELS);
    paint(graphics);
    graphics.dispose();
    try (OutputStream bytes = Files.newOutputStream(file);
        ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "png", out);
    }
  }

  private void paint(Graphics2D graphics) {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    double panel = (double) width / charts.size();
    for (int i = 0; i < charts.size(); i++) {
      charts.get(i).draw(graphics, new Rectangle2D.Double(i * panel, 0, panel, height));
    }
  }
}
