package io.github.descent4j.mnist.chart;

import io.github.descent4j.mnist.data.WholeFile;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.JFreeChart;
import org.w3c.dom.Document;

/** Charts in rows on white, as a file. */
public final class ChartFile {
  /** Pixels of a PNG file for each unit of length. */
  private static final int PIXELS = 2;

  static {
    System.setProperty("java.awt.headless", "true");
  }

  private ChartFile() {}

  /**
   * Draws lines and text, sharp at any size.
   *
   * @throws IOException if the file cannot be written
   */
  public static void writeSvg(Path file, int width, int height, List<JFreeChart> charts)
      throws IOException {
    writeSvg(file, width, height, charts.size(), charts);
  }

  /**
   * The same in rows of so many charts.
   *
   * @throws IOException if the file cannot be written
   */
  public static void writeSvg(
      Path file, int width, int height, int columns, List<JFreeChart> charts) throws IOException {
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
    paint(graphics, width, height, columns, charts);
    WholeFile.write(file, bytes -> {
      Writer out = new OutputStreamWriter(bytes, StandardCharsets.UTF_8);
      graphics.stream(out);
      out.flush();
    });
  }

  /**
   * Draws pixels, two for each unit of width and height.
   *
   * @throws IOException if the file cannot be written
   */
  public static void writePng(Path file, int width, int height, List<JFreeChart> charts)
      throws IOException {
    BufferedImage image =
        new BufferedImage(width * PIXELS, height * PIXELS, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.scale(PIXELS, PIXELS);
    paint(graphics, width, height, charts.size(), charts);
    graphics.dispose();
    WholeFile.write(file, bytes -> {
      try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
        ImageIO.write(image, "png", out);
      }
    });
  }

  private static void paint(
      Graphics2D graphics, int width, int height, int columns, List<JFreeChart> charts) {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    int rows = (charts.size() + columns - 1) / columns;
    double panelWidth = (double) width / columns;
    double panelHeight = (double) height / rows;
    for (int i = 0; i < charts.size(); i++) {
      int row = i / columns;
      double x = i % columns * panelWidth;
      double y = row * panelHeight;
      charts.get(i).draw(graphics, new Rectangle2D.Double(x, y, panelWidth, panelHeight));
    }
  }
}
