package io.github.descent4j.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageWarpTest {
  private static final int HEIGHT = 6;
  private static final int WIDTH = 8;
  private static final ImageAugmentation BACKGROUND_9 =
      ImageAugmentation.builder().background(9).build();

  private static double[] warp(
      double[] image, int height, int width, double x, double y, double degrees, double scale) {
    int channels = image.length / (height * width);
    ImageWarp warp = new ImageWarp(BACKGROUND_9, channels, height, width, 1);
    warp.move(0, new ImageWarp.Move(x, y, degrees, scale));
    return apply(warp, 0, image);
  }

  private static double[] apply(ImageWarp warp, int number, double[] image) {
    for (int i = 0; i < image.length; i++) {
      warp.pixels(number)[i] = (float) image[i];
    }
    warp.apply();
    double[] result = new double[image.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = warp.pixels(number)[i];
    }
    return result;
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 4, 5", "2, 7, 6"})
  void settingsThatChangeNothingChangeNothing(int channels, int height, int width) {
    double[] image = new SplittableRandom(3)
        .doubles((long) channels * height * width)
        .map(value -> (float) value)
        .toArray();
    ImageWarp warp = new ImageWarp(BACKGROUND_9, channels, height, width, 2);
    warp.draw(1, new SplittableRandom(5));
    assertThat(apply(warp, 1, image)).isEqualTo(image);
  }

  @Test
  void shiftsByWholePixelsExactly() {
    double[] image = {
      1, 2, 3,
      4, 5, 6
    };
    assertThat(warp(image, 2, 3, 1, 0, 0, 1)).containsExactly(9, 1, 2, 9, 4, 5);
    assertThat(warp(image, 2, 3, -2, 1, 0, 1)).containsExactly(9, 9, 9, 3, 9, 9);
    assertThat(warp(image, 2, 3, 50, -50, 0, 1)).containsOnly(9);
  }

  @Test
  void shiftsByPartsOfPixelsInterpolate() {
    assertThat(warp(new double[] {1, 5}, 1, 2, 0.25, 0, 0, 1)).containsExactly(3, 4);
    assertThat(warp(new double[] {1, 5}, 1, 2, 0, 0.5, 0, 1)).containsExactly(5, 7);
  }

  @Test
  void zerosNeedNotBeBackground() {
    assertThat(warp(new double[] {0, 0, 0, 0}, 2, 2, 0, 0, 0, 1)).containsOnly(0);
    assertThat(warp(new double[] {0, 0, 3, 0}, 2, 2, 1, 0, 0, 1)).containsExactly(9, 0, 9, 3);
  }

  @Test
  void aSingleRowOrColumnMayMoveOutOfTheImage() {
    assertThat(warp(new double[] {1, 5}, 1, 2, 0, 1.5, 0, 1)).containsOnly(9);
    assertThat(warp(new double[] {1, 5}, 2, 1, 1.5, 0, 0, 1)).containsOnly(9);
  }

  @Test
  void positiveAnglesTurnClockwise() {
    double[] image = {
      1, 2, 3,
      4, 5, 6,
      7, 8, 0
    };
    assertClose(warp(image, 3, 3, 0, 0, 90, 1), 7, 4, 1, 8, 5, 2, 0, 6, 3);
    assertClose(warp(image, 3, 3, 0, 0, -90, 1), 3, 6, 0, 2, 5, 8, 1, 4, 7);
    assertClose(warp(image, 3, 3, 0, 0, 180, 1), 0, 8, 7, 6, 5, 4, 3, 2, 1);
    double[] wide = {1, 2, 3, 4};
    assertClose(warp(wide, 2, 2, 0, 0, 90, 1), 3, 1, 4, 2);
  }

  @Test
  void theShiftFollowsTheRotation() {
    double[] image = {
      1, 2, 3,
      4, 5, 6,
      7, 8, 0
    };
    assertClose(warp(image, 3, 3, 1, 0, 90, 1), 9, 7, 4, 9, 8, 5, 9, 0, 6);
  }

  @Test
  void scalesAboutTheCentre() {
    double[] ramp = {0, 1, 2, 3, 4};
    assertClose(warp(ramp, 1, 5, 0, 0, 0, 2), 1, 1.5, 2, 2.5, 3);
    assertClose(warp(ramp, 1, 5, 0, 0, 0, 0.5), 9, 0, 2, 4, 9);
  }

  @Test
  void channelsMoveTogether() {
    double[] image = {1, 2, 3, 4, 10, 20, 30, 40};
    assertClose(warp(image, 2, 2, 0, 0, 90, 1), 3, 1, 4, 2, 30, 10, 40, 20);
  }

  /** A block of one channel or the other, anywhere in the image: the rest, which is background, need not be read. */
  @Test
  void readsBetweenTheFourPixelsAroundAnOrigin() {
    SplittableRandom random = new SplittableRandom(9);
    for (int trial = 0; trial < 200; trial++) {
      double[] image = new double[2 * HEIGHT * WIDTH];
      Arrays.fill(image, 9);
      int top = random.nextInt(HEIGHT + 1);
      int bottom = random.nextInt(top, HEIGHT + 1);
      int left = random.nextInt(WIDTH + 1);
      int right = random.nextInt(left, WIDTH + 1);
      for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
          image[(random.nextInt(2) * HEIGHT + y) * WIDTH + x] = random.nextDouble();
        }
      }
      double shift = random.nextDouble(-4, 4);
      double degrees = random.nextDouble(-180, 180);
      double scale = random.nextDouble(0.5, 2);
      double[] warped = warp(image, HEIGHT, WIDTH, shift, -shift, degrees, scale);
      for (int i = 0; i < warped.length; i++) {
        double u = i % WIDTH - (WIDTH - 1) / 2.0 - shift;
        double v = i / WIDTH % HEIGHT - (HEIGHT - 1) / 2.0 + shift;
        double cos = Math.cos(Math.toRadians(degrees)) / scale;
        double sin = Math.sin(Math.toRadians(degrees)) / scale;
        double x = (WIDTH - 1) / 2.0 + cos * u + sin * v;
        double y = (HEIGHT - 1) / 2.0 + cos * v - sin * u;
        double expected = bilinear(image, i / (HEIGHT * WIDTH), y, x);
        assertThat(warped[i]).as("trial %s, pixel %s", trial, i).isCloseTo(expected, within(1e-5));
      }
    }
  }

  private static double bilinear(double[] image, int channel, double y, double x) {
    double sum = 0;
    for (int row = (int) Math.floor(y); row <= Math.floor(y) + 1; row++) {
      for (int column = (int) Math.floor(x); column <= Math.floor(x) + 1; column++) {
        boolean inside = row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH;
        double value = inside ? image[(channel * HEIGHT + row) * WIDTH + column] : 9;
        sum += (1 - Math.abs(y - row)) * (1 - Math.abs(x - column)) * value;
      }
    }
    return sum;
  }

  @Test
  void drawsTwoShiftsAnAngleAndAScaleAndNoMore() {
    ImageAugmentation settings = ImageAugmentation.builder()
        .shift(2)
        .rotation(30)
        .scale(0.3)
        .background(9)
        .build();
    double[] image = new SplittableRandom(3).doubles(HEIGHT * WIDTH).toArray();
    ImageWarp warp = new ImageWarp(settings, 1, HEIGHT, WIDTH, 1);
    SplittableRandom random = new SplittableRandom(5);
    warp.draw(0, random);
    double[] drawn = apply(warp, 0, image);

    SplittableRandom same = new SplittableRandom(5);
    double shiftX = same.nextDouble(-2, 2);
    double shiftY = same.nextDouble(-2, 2);
    double degrees = same.nextDouble(-30, 30);
    double scale = same.nextDouble(0.7, 1.3);
    assertClose(drawn, warp(image, HEIGHT, WIDTH, shiftX, shiftY, degrees, scale));
    assertThat(random.nextLong()).isEqualTo(same.nextLong());
  }

  @Test
  void theElasticFieldMovesWhatIsRead() {
    int size = 32;
    ImageAugmentation elastic = ImageAugmentation.builder().elastic(20, 4).build();
    double[] image = new double[2 * size * size];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        image[y * size + x] = x;
        image[(size + y) * size + x] = y;
      }
    }
    ImageWarp warp = new ImageWarp(elastic, 2, size, size, 3);
    warp.draw(0, new SplittableRandom(6));
    warp.draw(1, new SplittableRandom(8));
    warp.draw(2, new SplittableRandom(7));
    double[] bent = apply(warp, 2, image);

    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 4; i++) {
      random.nextDouble();
    }
    ElasticField field = new ElasticField(size, size, 4, 1);
    field.draw(0, random);
    field.compute();
    for (int y = 8; y < size - 8; y++) {
      for (int x = 8; x < size - 8; x++) {
        double fieldX = field.row(y)[x];
        double fieldY = field.row(y)[size + x];
        assertThat(bent[y * size + x]).isCloseTo(x + 20 * fieldX, within(1e-5));
        assertThat(bent[size * size + y * size + x]).isCloseTo(y + 20 * fieldY, within(1e-5));
      }
    }
  }

  private static void assertClose(double[] actual, double... expected) {
    assertThat(actual).containsExactly(expected, within(1e-5));
  }
}
