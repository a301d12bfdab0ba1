package io.github.descent4j.mnist.terminal;

import io.github.descent4j.mnist.data.GreyImage;
import java.util.List;

/** Pictures in letters, for a terminal in any colours and any character set. */
public final class TerminalPicture {
  /** From dark to bright. */
  private static final String SHADES = " .:-=+*#%@";

  private static final String BETWEEN = "  ";

  private TerminalPicture() {}

  /** Pictures of one size side by side. A letter is about twice as high as it is wide, and stands for two rows. */
  public static String of(List<GreyImage> pictures) {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < pictures.get(0).rows(); row += 2) {
      StringBuilder line = new StringBuilder();
      for (GreyImage picture : pictures) {
        for (int column = 0; column < picture.columns(); column++) {
          int below = Math.min(row + 1, picture.rows() - 1);
          int grey = (picture.grey(row, column) + picture.grey(below, column)) / 2;
          line.append(SHADES.charAt(grey * SHADES.length() / 256));
        }
        line.append(BETWEEN);
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  /** How many pictures of a width fit into a line of 80 letters. */
  public static int perLine(int columns) {
    return Math.max(1, (80 + BETWEEN.length()) / (columns + BETWEEN.length()));
  }
}
