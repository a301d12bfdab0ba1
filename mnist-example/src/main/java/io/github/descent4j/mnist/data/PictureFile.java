package io.github.descent4j.mnist.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * The brightness of the pixels of a picture, 0 to 1, from their samples as they are stored: Java's own conversion of grey pictures
 * takes them for linear light, and makes 122 of 50.
 */
final class PictureFile {
  private static final long MOST_PIXELS = 100_000_000;

  /** A decoder takes memory for a row as wide as the file says. */
  private static final int LONGEST_SIDE = 30_000;

  /** Of a longer side, evenly spaced pixels are read. A digit has 20. */
  private static final int SIDE_READ = 2048;

  private static final int CMYK = 4;

  private PictureFile() {}

  /**
   * Reads a file.
   *
   * @throws CommandException if it is no picture that can be read
   */
  static double[][] read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw CommandException.mismatch(
          file.toString(), "a picture", Files.exists(file) ? "no file" : "no such file");
    }
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      return Orientation.turned(decode(file, in), Orientation.of(file));
    } catch (CommandException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Decoders meet damage with exceptions of many kinds, with and without a message.
      String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw CommandException.mismatch(
          file.toString(), "a readable picture", "damage (" + what + ")", e);
    } catch (OutOfMemoryError | StackOverflowError e) {
      throw CommandException.mismatch(
          file.toString(), "a picture that memory has room for", e.toString(), e);
    }
  }

  private static double[][] decode(Path file, ImageInputStream in) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    if (!readers.hasNext()) {
      throw CommandException.mismatch(
          file.toString(), "a picture (PNG, JPEG, GIF, BMP or TIFF)", "something else");
    }
    ImageReader reader = readers.next();
    try {
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if ((long) width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE) {
        throw CommandException.mismatch(
            file.toString(),
            "at most " + MOST_PIXELS + " pixels, and " + LONGEST_SIDE + " a side",
            width + " x " + height);
      }
      ImageReadParam param = reader.getDefaultReadParam();
      int every = (Math.max(width, height) - 1) / SIDE_READ + 1;
      param.setSourceSubsampling(Math.min(every, width), Math.min(every, height), 0, 0);
      Optional<FourColours> four = FourColours.of(file);
      if (four.isPresent() && reader.canReadRaster()) {
        // Of some of these Java makes no picture, of others one of the wrong colours.
        return brightness(reader.readRaster(0, param), four.get());
      }
      return brightness(reader.read(0, param));
    } finally {
      reader.dispose();
    }
  }

  /** Where a picture is transparent, it lies on paper that its ink shows on. */
  static double[][] brightness(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    ColorModel colours = image.getColorModel();
    Raster raster = image.getRaster();
    int alpha = colours.hasAlpha() ? colours.getNumColorComponents() : -1;
    double[][] brightness = new double[height][width];
    double[][] opacity = alpha < 0 ? null : new double[height][width];
    Object pixel = null;
    float[] samples = null;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixel = raster.getDataElements(x, y, pixel);
        samples = colours.getNormalizedComponents(pixel, samples, 0);
        brightness[y][x] = brightness(samples, colours);
        if (alpha >= 0) {
          opacity[y][x] = samples[alpha];
        }
      }
    }
    if (alpha >= 0) {
      layOnPaper(brightness, opacity);
    }
    return brightness;
  }

  /** ITU-R BT.601. */
  private static double brightness(double red, double green, double blue) {
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  }

  private static double brightness(float[] samples, ColorModel colours) {
    return switch (colours.getColorSpace().getType()) {
      case ColorSpace.TYPE_GRAY -> samples[0];
      case ColorSpace.TYPE_RGB -> brightness(samples[0], samples[1], samples[2]);
      case ColorSpace.TYPE_CMYK ->
        brightness(1 - samples[0], 1 - samples[1], 1 - samples[2]) * (1 - samples[3]);
      default -> {
        float[] rgb = colours.getColorSpace().toRGB(samples);
        yield brightness(rgb[0], rgb[1], rgb[2]);
      }
    };
  }

  /** Of a JPEG of four components; with Adobe's marker they are light that is left, else ink. */
  private static double[][] brightness(Raster raster, FourColours colours) {
    double[][] brightness = new double[raster.getHeight()][raster.getWidth()];
    double[] s = new double[CMYK];
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < raster.getWidth(); x++) {
        raster.getPixel(x + raster.getMinX(), y + raster.getMinY(), s);
        if (colours.isYcck()) {
          double luma = s[0];
          double blue = s[1] - 128;
          double red = s[2] - 128;
          s[0] = clamp(255 - (luma + 1.402 * red));
          s[1] = clamp(255 - (luma - 0.344136 * blue - 0.714136 * red));
          s[2] = clamp(255 - (luma + 1.772 * blue));
        }
        for (int i = 0; i < CMYK; i++) {
          s[i] = colours.isLight() ? s[i] / 255 : 1 - s[i] / 255;
        }
        brightness[y][x] = brightness(s[0], s[1], s[2]) * s[3];
      }
    }
    return brightness;
  }

  private static double clamp(double sample) {
    return Math.max(0, Math.min(255, sample));
  }

  private static void layOnPaper(double[][] brightness, double[][] opacity) {
    double sum = 0;
    double weight = 0;
    for (int y = 0; y < brightness.length; y++) {
      for (int x = 0; x < brightness[0].length; x++) {
        sum += opacity[y][x] * brightness[y][x];
        weight += opacity[y][x];
      }
    }
    double paper = sum > weight / 2 ? 0 : 1;
    for (int y = 0; y < brightness.length; y++) {
      for (int x = 0; x < brightness[0].length; x++) {
        brightness[y][x] = opacity[y][x] * brightness[y][x] + (1 - opacity[y][x]) * paper;
      }
    }
  }
}
