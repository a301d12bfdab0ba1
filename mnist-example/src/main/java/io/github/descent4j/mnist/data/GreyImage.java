package io.github.descent4j.mnist.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/**
 * A picture of grey values from 0, black, to 255, row by row.
 *
 * @param rows its height
 * @param columns its width
 * @param pixels {@code rows x columns} grey values; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares pictures.
public record GreyImage(int rows, int columns, byte[] pixels) {

  /** The grey value of a pixel. */
  public int grey(int row, int column) {
    return pixels[row * columns + column] & 0xff;
  }

  /** The picture as a PNG file, each of its pixels a square of {@code scale x scale}. */
  public byte[] png(int scale) {
    BufferedImage image =
        new BufferedImage(columns * scale, rows * scale, BufferedImage.TYPE_BYTE_GRAY);
    for (int row = 0; row < rows * scale; row++) {
      for (int column = 0; column < columns * scale; column++) {
        image.getRaster().setSample(column, row, 0, grey(row / scale, column / scale));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.setUseCache(false);
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return out.toByteArray();
  }

  /** The PNG file as an address that a page can hold. */
  public String dataUri() {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png(1));
  }
}
