package io.github.descent4j.mnist.landscape;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** Colours, marks and fonts of all pictures. */
public final class Style {
  public static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
  public static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  static final Font TABLE = new Font(Font.MONOSPACED, Font.PLAIN, 12);

  public static final Color INK = new Color(0x222222);
  public static final Color CONTOUR_LINE = new Color(0xA9B4C2);
  static final BasicStroke CONTOUR_STROKE = new BasicStroke(0.6f);
  static final Color TRANSPARENT = new Color(0, true);

  static final Shape START = new Ellipse2D.Double(-5, -5, 10, 10);
  static final Shape MINIMUM = star(9);

  /** Told apart by people of every colour vision: Okabe and Ito's without the yellow, then some of Tol's "muted". */
  private static final int[] SERIES = {
    0x000000, 0xE69F00, 0x882255, 0x009E73, 0x0072B2, 0x56B4E9, 0xD55E00, 0xCC79A7, 0x332288,
    0x999933, 0x777777, 0xAA4499, 0x117733
  };

  private static final Color LOWEST = new Color(0xC3CEDC);
  private static final Color HIGHEST = new Color(0xFCFCFD);

  private Style() {}

  /** The colour of a series. */
  public static Color series(int index) {
    return new Color(SERIES[index % SERIES.length]);
  }

  /** Every second one is dashed, so that one sees what lies under it. */
  public static BasicStroke stroke(int index, float width) {
    float[] dashes = index % 2 == 1 ? new float[] {7, 4} : null;
    return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes, 0);
  }

  /** A mark for a series, around the origin. */
  public static Shape mark(int index) {
    double size = 3.2;
    return switch (index % 5) {
      case 0 -> new Ellipse2D.Double(-size, -size, 2 * size, 2 * size);
      case 1 -> new Rectangle2D.Double(-size, -size, 2 * size, 2 * size);
      case 2 -> polygon(3, size + 1.3, -Math.PI / 2);
      case 3 -> polygon(4, size + 1.3, 0);
      default -> polygon(3, size + 1.3, Math.PI / 2);
    };
  }

  /** The colour of one of the bands between the levels, 0 of the lowest. */
  static Color band(int index, int bands) {
    double part = (double) index / (bands - 1);
    return new Color(
        blend(LOWEST.getRed(), HIGHEST.getRed(), part),
        blend(LOWEST.getGreen(), HIGHEST.getGreen(), part),
        blend(LOWEST.getBlue(), HIGHEST.getBlue(), part));
  }

  static Shape at(Shape mark, double x, double y) {
    return AffineTransform.getTranslateInstance(x, y).createTransformedShape(mark);
  }

  private static int blend(int from, int to, double part) {
    return (int) Math.round(from + (to - from) * part);
  }

  private static Shape polygon(int corners, double radius, double angle) {
    Path2D path = new Path2D.Double();
    for (int i = 0; i < corners; i++) {
      corner(path, i, radius, angle + 2 * Math.PI * i / corners);
    }
    path.closePath();
    return path;
  }

  private static Shape star(double radius) {
    Path2D path = new Path2D.Double();
    for (int i = 0; i < 10; i++) {
      corner(path, i, i % 2 == 0 ? radius : radius * 0.42, -Math.PI / 2 + Math.PI * i / 5);
    }
    path.closePath();
    return path;
  }

  private static void corner(Path2D path, int index, double radius, double angle) {
    double x = radius * Math.cos(angle);
    double y = radius * Math.sin(angle);
    if (index == 0) {
      path.moveTo(x, y);
    } else {
      path.lineTo(x, y);
    }
  }
}
