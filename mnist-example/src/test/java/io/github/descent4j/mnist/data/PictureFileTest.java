package io.github.descent4j.mnist.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples are used as they are stored, whatever the colour model, and turned as EXIF says. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PictureFileTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 128, 254, 255})
  void greyIsNoLinearLight(int grey) throws IOException {
    BufferedImage image = new BufferedImage(4, 3, BufferedImage.TYPE_BYTE_GRAY);
    fill(image.getRaster(), grey);
    for (String format : new String[] {"png", "bmp", "tiff"}) {
      assertThat(read(image, format)).as(format).isCloseTo(grey / 255.0, within(1e-6));
    }
    assertThat(read(image, "jpg")).isCloseTo(grey / 255.0, within(1.5 / 255));
    BufferedImage colour = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);
    fill(colour.getRaster(), grey);
    assertThat(read(colour, "png")).isCloseTo(grey / 255.0, within(1e-6));
  }

  @Test
  void greyOfSixteenBits() throws IOException {
    BufferedImage image = new BufferedImage(4, 3, BufferedImage.TYPE_USHORT_GRAY);
    fill(image.getRaster(), 12_850);
    assertThat(read(image, "png")).isCloseTo(12_850 / 65_535.0, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "2, 2", "4, 5", "8, 50"})
  void greyOfFewBits(int bits, int sample) throws IOException {
    int packed = 0;
    for (int i = 0; i < 8 / bits; i++) {
      packed = packed << bits | sample;
    }
    Path file = Files.write(folder.resolve("grey.png"), png(8 / bits, 1, bits, 0, packed));
    assertThat(PictureFile.read(file)[0][0])
        .isCloseTo(sample / (double) ((1 << bits) - 1), within(1e-6));
  }

  /** Half of it shows, and lies on paper: white, since what is there is dark. */
  @Test
  void greyWithAlpha() throws IOException {
    for (int type : new int[] {DataBuffer.TYPE_BYTE, DataBuffer.TYPE_USHORT}) {
      int full = type == DataBuffer.TYPE_BYTE ? 255 : 65_535;
      ColorModel model = new ComponentColorModel(
          ColorSpace.getInstance(ColorSpace.CS_GRAY), true, false, ColorModel.TRANSLUCENT, type);
      WritableRaster raster = model.createCompatibleWritableRaster(4, 3);
      for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 4; x++) {
          raster.setPixel(x, y, new int[] {full / 5, full * 3 / 5});
        }
      }
      BufferedImage image = new BufferedImage(model, raster, false, null);
      assertThat(read(image, "png")).isCloseTo(0.6 * 0.2 + 0.4, within(1e-5));
    }
  }

  @Test
  void palette() throws IOException {
    byte[] grey = new byte[256];
    Arrays.fill(grey, (byte) 50);
    BufferedImage image = new BufferedImage(
        4, 3, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 256, grey, grey, grey));
    fill(image.getRaster(), 1);
    assertThat(read(image, "png")).isCloseTo(50 / 255.0, within(1e-6));
    assertThat(read(image, "gif")).isCloseTo(50 / 255.0, within(1e-6));
  }

  @Test
  void colours() throws IOException {
    BufferedImage image = new BufferedImage(4, 3, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 12; i++) {
      image.setRGB(i % 4, i / 4, new Color(200, 100, 50, 128).getRGB());
    }
    double luma = (0.299 * 200 + 0.587 * 100 + 0.114 * 50) / 255;
    assertThat(read(image, "png")).isCloseTo(128 / 255.0 * luma + 127 / 255.0, within(1e-4));
  }

  /** Without Adobe's marker, samples are ink; with it, they are what light is left. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void inkOfFourColours(boolean adobe) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
    int[] sample = {40, 80, 120, 20};
    for (int i = 0; i < 256; i++) {
      raster.setPixel(i % 16, i / 16, sample);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(raster, null, null), null);
    }
    writer.dispose();
    byte[] jpeg = withoutAdobe(bytes.toByteArray());
    if (adobe) {
      jpeg = withSegment(jpeg, 0xee, "Adobe\0d\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
    }
    Path file = Files.write(folder.resolve("cmyk.jpg"), jpeg);
    double[] light = Arrays.stream(sample)
        .mapToDouble(s -> adobe ? s / 255.0 : 1 - s / 255.0)
        .toArray();
    double expected = (0.299 * light[0] + 0.587 * light[1] + 0.114 * light[2]) * light[3];
    assertThat(PictureFile.read(file)[7][7]).isCloseTo(expected, within(0.01));
  }

  /** EXIF 2.32, table 6: where row 0 and column 0 of what is stored are to be seen. */
  @ParameterizedTest
  @CsvSource({"1, 0, 0", "2, 0, 1", "3, 1, 1", "4, 1, 0", "5, 0, 0", "6, 0, 1", "7, 1, 1", "8, 1, 0"
  })
  void turnsAsExifSays(int orientation, int bottom, int right) throws IOException {
    BufferedImage image = new BufferedImage(48, 32, BufferedImage.TYPE_BYTE_GRAY);
    fill(image.getRaster(), 255);
    for (int i = 0; i < 64; i++) {
      image.getRaster().setSample(i % 8, i / 8, 0, 0);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", bytes);
    for (boolean little : new boolean[] {false, true}) {
      Path file = Files.write(
          folder.resolve("turned.jpg"),
          withSegment(bytes.toByteArray(), 0xe1, exif(orientation, little)));
      double[][] seen = PictureFile.read(file);
      assertThat(seen).hasDimensions(orientation < 5 ? 32 : 48, orientation < 5 ? 48 : 32);
      int y = bottom * (seen.length - 8) + 4;
      int x = right * (seen[0].length - 8) + 4;
      assertThat(seen[y][x]).isLessThan(0.1);
      assertThat(Arrays.stream(seen)
              .flatMapToDouble(Arrays::stream)
              .filter(v -> v < 0.5)
              .count())
          .isEqualTo(64);
    }
  }

  @Test
  void damagedExifIsNone() throws IOException {
    BufferedImage image = new BufferedImage(16, 8, BufferedImage.TYPE_BYTE_GRAY);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", bytes);
    byte[] whole = exif(6, true);
    for (int length = 0; length < whole.length; length++) {
      Path file = Files.write(
          folder.resolve("cut.jpg"),
          withSegment(bytes.toByteArray(), 0xe1, Arrays.copyOf(whole, length)));
      assertThat(PictureFile.read(file).length).isIn(8, 16);
    }
  }

  @Test
  void readsAHugePictureByWhatADigitNeeds() throws IOException {
    Path file = Files.write(folder.resolve("huge.png"), png(10_000, 10_000, 1, 0, 0));
    assertThat(Files.size(file)).isLessThan(50_000);
    assertThat(PictureFile.read(file)).hasDimensions(2000, 2000);
  }

  @ParameterizedTest
  @CsvSource({"1, 99999999", "99999999, 1", "10001, 10000", "30001, 1"})
  void refusesSizesThatAreOnlyDeclared(int width, int height) throws IOException {
    Path file = Files.write(folder.resolve("liar.png"), png(width, height, 16, 6, -1));
    assertThatThrownBy(() -> PictureFile.read(file))
        .isInstanceOf(CommandException.class)
        .hasMessage(file + ": expected at most 100000000 pixels, and 30000 a side, found " + width
            + " x " + height);
  }

  @Test
  void damageWithoutAMessageIsDescribed() throws IOException {
    byte[] whole = png(20, 20, 8, 0, 7);
    for (int length = 8; length < whole.length; length++) {
      Path file = Files.write(folder.resolve("cut.png"), Arrays.copyOf(whole, length));
      try {
        PictureFile.read(file);
      } catch (CommandException e) {
        assertThat(e).hasMessageStartingWith(file.toString()).hasMessageNotContaining("null");
      }
    }
  }

  private double read(BufferedImage image, String format) throws IOException {
    Path file = folder.resolve("picture." + format);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return PictureFile.read(file)[1][1];
  }

  private static void fill(WritableRaster raster, int sample) {
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < raster.getWidth(); x++) {
        for (int band = 0; band < raster.getNumBands(); band++) {
          raster.setSample(x, y, band, sample);
        }
      }
    }
  }

  /** A PNG file; all its bytes of samples are the same, or there are none if that is below 0. */
  private static byte[] png(int width, int height, int bits, int type, int sample)
      throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(header);
    out.writeInt(width);
    out.writeInt(height);
    out.write(new byte[] {(byte) bits, (byte) type, 0, 0, 0});
    chunk(file, "IHDR", header.toByteArray());
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater =
        new DeflaterOutputStream(data, new Deflater(Deflater.BEST_COMPRESSION))) {
      byte[] row = new byte[1 + (sample < 0 ? 0 : (width * bits + 7) / 8)];
      Arrays.fill(row, 1, row.length, (byte) sample);
      for (int y = 0; y < (sample < 0 ? 1 : height); y++) {
        deflater.write(row);
      }
    }
    chunk(file, "IDAT", data.toByteArray());
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] content)
      throws IOException {
    DataOutputStream out = new DataOutputStream(file);
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) sum.getValue());
  }

  /** Java writes the marker for any four components. */
  private static byte[] withoutAdobe(byte[] jpeg) {
    for (int i = 2; i + 16 <= jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xee) {
        byte[] without = new byte[jpeg.length - 16];
        System.arraycopy(jpeg, 0, without, 0, i);
        System.arraycopy(jpeg, i + 16, without, i, jpeg.length - i - 16);
        return without;
      }
    }
    return jpeg;
  }

  /** A JPEG file with one more segment at its beginning. */
  private static byte[] withSegment(byte[] jpeg, int marker, byte[] content) {
    byte[] with = new byte[jpeg.length + 4 + content.length];
    System.arraycopy(jpeg, 0, with, 0, 2);
    with[2] = (byte) 0xff;
    with[3] = (byte) marker;
    with[4] = (byte) ((content.length + 2) >> 8);
    with[5] = (byte) (content.length + 2);
    System.arraycopy(content, 0, with, 6, content.length);
    System.arraycopy(jpeg, 2, with, 6 + content.length, jpeg.length - 2);
    return with;
  }

  private static byte[] exif(int orientation, boolean little) {
    String text = little
        ? "Exif\0\0II*\0\u0008\0\0\0\u0001\0\u0012\u0001\u0003\0\u0001\0\0\0" + (char) orientation
            + "\0\0\0\0\0\0\0"
        : "Exif\0\0MM\0*\0\0\0\u0008\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0" + (char) orientation
            + "\0\0\0\0\0\0";
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
