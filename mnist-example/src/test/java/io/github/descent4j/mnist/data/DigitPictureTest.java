package io.github.descent4j.mnist.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Digits of the test set are found again in whatever picture they were put into. */
@Tag("slow")
class DigitPictureTest {
  private static final LabelledImages DIGITS = MnistData.bundled().test();
  private static final int COUNT = 20;

  @TempDir
  Path folder;

  /** What may become of a digit. */
  enum Picture {
    AS_IT_IS {
      @Override
      BufferedImage of(BufferedImage digit) {
        return digit;
      }
    },
    LARGE {
      @Override
      BufferedImage of(BufferedImage digit) {
        return drawn(digit, 400, 300, Color.BLACK, 60, 10, 280, BufferedImage.TYPE_BYTE_GRAY);
      }
    },
    OFF_CENTRE {
      @Override
      BufferedImage of(BufferedImage digit) {
        return drawn(digit, 300, 400, Color.BLACK, 150, 250, 140, BufferedImage.TYPE_INT_RGB);
      }
    },
    INVERTED {
      @Override
      BufferedImage of(BufferedImage digit) {
        return recoloured(LARGE.of(digit), Color.WHITE, Color.BLACK);
      }
    },
    COLOURED {
      @Override
      BufferedImage of(BufferedImage digit) {
        return recoloured(OFF_CENTRE.of(digit), new Color(255, 240, 170), new Color(30, 60, 160));
      }
    },
    DARK_INK_ON_NOTHING {
      @Override
      BufferedImage of(BufferedImage digit) {
        return recoloured(LARGE.of(digit), new Color(0, true), Color.BLACK);
      }
    },
    BRIGHT_INK_ON_NOTHING {
      @Override
      BufferedImage of(BufferedImage digit) {
        return recoloured(LARGE.of(digit), new Color(255, 255, 255, 0), Color.WHITE);
      }
    };

    abstract BufferedImage of(BufferedImage digit);
  }

  @ParameterizedTest
  @EnumSource(Picture.class)
  void theDigitIsFoundAgain(Picture picture) throws IOException {
    double difference = 0;
    for (int i = 0; i < COUNT; i++) {
      GreyImage digit = DIGITS.picture(i);
      BufferedImage image = picture.of(ImageIO.read(new ByteArrayInputStream(digit.png(1))));
      GreyImage found = DigitPicture.of("picture", image, 28, 28).image();
      for (int j = 0; j < digit.pixels().length; j++) {
        difference += Math.abs(digit.grey(j / 28, j % 28) - found.grey(j / 28, j % 28));
      }
    }
    // Of 255, over all pixels; a digit differs from the next one in the test set by 38.
    assertThat(difference / COUNT / 784).isLessThan(12);
  }

  @ParameterizedTest
  @EnumSource
  void eachFormatIsRead(Format format) throws IOException {
    BufferedImage image = Picture.COLOURED.of(
        ImageIO.read(new ByteArrayInputStream(DIGITS.picture(0).png(1))));
    Path file = folder.resolve("digit");
    assertThat(ImageIO.write(
            image.getType() == BufferedImage.TYPE_INT_ARGB ? opaque(image) : image,
            format.name(),
            file.toFile()))
        .isTrue();
    assertThat(DigitPicture.read(file, 28, 28).image().pixels()).hasSize(784);
  }

  /** Of files. */
  enum Format {
    PNG,
    JPEG,
    GIF,
    BMP,
    TIFF
  }

  @Test
  void theCentreOfMassIsInTheMiddle() {
    BufferedImage image = new BufferedImage(50, 50, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 30; y < 40; y++) {
      image.getRaster().setSample(3, y, 0, 255);
    }
    GreyImage found = DigitPicture.of("stroke", image, 28, 28).image();
    int bright = 0;
    for (int y = 4; y < 24; y++) {
      bright += found.grey(y, 13) + found.grey(y, 14);
    }
    assertThat(bright).isEqualTo(20 * 2 * 255);
  }

  @Test
  void whatIsNoDigitIsRefused() throws IOException {
    refused(Stream.of(folder.resolve("missing")), "expected a picture, found no such file");
    refused(Stream.of(folder), "expected a picture, found no file");
    Path text = Files.writeString(folder.resolve("text.png"), "seven");
    refused(
        Stream.of(text), "expected a picture (PNG, JPEG, GIF, BMP or TIFF), found something else");
    Path blank = folder.resolve("blank.png");
    ImageIO.write(new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB), "png", blank.toFile());
    refused(Stream.of(blank), "expected a picture of a digit, found one colour");
    Path cut = folder.resolve("cut.png");
    Files.write(cut, java.util.Arrays.copyOf(DIGITS.picture(0).png(8), 200));
    refused(Stream.of(cut), "expected a readable picture, found damage (");
  }

  @Test
  void aBombIsNotUnpacked() throws IOException {
    byte[] png = DIGITS.picture(0).png(1);
    // The width, 28, in the header; decoders that compare checksums complain of damage instead.
    png[16] = 0x10;
    Path file = Files.write(folder.resolve("bomb.png"), png);
    assertThatThrownBy(() -> DigitPicture.read(file, 28, 28))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith(file + ": expected at most 100000000 pixels");
  }

  private static void refused(Stream<Path> files, String message) {
    files.forEach(file -> assertThatThrownBy(() -> DigitPicture.read(file, 28, 28))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith(file + ": " + message));
  }

  private static BufferedImage opaque(BufferedImage image) {
    return drawn(
        image,
        image.getWidth(),
        image.getHeight(),
        Color.WHITE,
        0,
        0,
        0,
        BufferedImage.TYPE_INT_RGB);
  }

  private static BufferedImage drawn(
      BufferedImage digit, int width, int height, Color paper, int x, int y, int size, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(paper);
    graphics.fillRect(0, 0, width, height);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    if (size == 0) {
      graphics.drawImage(digit, 0, 0, null);
    } else {
      graphics.drawImage(digit, x, y, size, size, null);
    }
    graphics.dispose();
    return image;
  }

  private static BufferedImage recoloured(BufferedImage image, Color paper, Color ink) {
    BufferedImage other =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        double part = (image.getRGB(x, y) & 0xff) / 255.0;
        other.setRGB(
            x,
            y,
            new Color(
                    mixed(paper.getRed(), ink.getRed(), part),
                    mixed(paper.getGreen(), ink.getGreen(), part),
                    mixed(paper.getBlue(), ink.getBlue(), part),
                    mixed(paper.getAlpha(), ink.getAlpha(), part))
                .getRGB());
      }
    }
    return other;
  }

  private static int mixed(int from, int to, double part) {
    return (int) Math.round(from + part * (to - from));
  }
}
