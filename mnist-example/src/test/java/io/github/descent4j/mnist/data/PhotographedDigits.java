package io.github.descent4j.mnist.data;

import io.github.descent4j.mnist.run.TestRun;
import io.github.descent4j.mnist.run.TrainedModel;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.ConvolveOp;
import java.awt.image.Kernel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Test digits of MNIST as somebody might photograph them, and how many of them a network reads.
 *
 * <pre>
 * java -cp mnist-example/target/test-classes:mnist-example/target/mnist-example.jar \
 *     io.github.descent4j.mnist.data.PhotographedDigits runs
 * </pre>
 */
final class PhotographedDigits {
  private static final LabelledImages DIGITS = MnistData.bundled().test();
  private static final int WIDTH = 320;
  private static final int HEIGHT = 240;

  private PhotographedDigits() {}

  /** What is wrong with a photograph. */
  enum Kind {
    PLAIN(0, 0, 0, 0),
    SHADING_10(0.10, 0, 0, 0),
    SHADING_20(0.20, 0, 0, 0),
    SHADING_30(0.30, 0, 0, 0),
    SHADING_40(0.40, 0, 0, 0),
    VIGNETTE_20(-0.20, 0, 0, 0),
    VIGNETTE_40(-0.40, 0, 0, 0),
    BORDER(0, 6, 0, 0),
    NOISE_3(0, 0, 0.03, 0),
    NOISE_8(0, 0, 0.08, 0),
    BLUR(0, 0, 0, 5),
    ALL(0.3, 5, 0.03, 3);

    private final double shading;
    private final int border;
    private final double noise;
    private final int blur;

    /** Shading above 0 is a slope of that height, below 0 a vignette. */
    Kind(double shading, int border, double noise, int blur) {
      this.shading = shading;
      this.border = border;
      this.noise = noise;
      this.blur = blur;
    }
  }

  /** A test digit in dark ink on grey paper, at a place and of a size that follow from its number. */
  static BufferedImage of(int example, Kind kind) {
    Random random = new Random(example);
    BufferedImage canvas = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    double[][] ink = new double[HEIGHT][WIDTH];
    int side = 110 + random.nextInt(80);
    draw(
        ink,
        example,
        side,
        25 + random.nextInt(WIDTH - 50 - side),
        20 + random.nextInt(HEIGHT - 40 - side));
    double angle = 2 * Math.PI * random.nextDouble();
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        double u = 2.0 * x / WIDTH - 1;
        double v = 2.0 * y / HEIGHT - 1;
        double light = kind.shading >= 0
            ? 1 - kind.shading * (0.5 + 0.5 * (u * Math.cos(angle) + v * Math.sin(angle)) / 1.42)
            : 1 + kind.shading * (u * u + v * v) / 2;
        double value = 0.85 * light * (1 - 0.8 * ink[y][x]) + kind.noise * random.nextGaussian();
        canvas.getRaster().setSample(x, y, 0, (int)
            Math.round(255 * Math.max(0, Math.min(1, value))));
      }
    }
    BufferedImage blurred = kind.blur == 0 ? canvas : blurred(canvas, 2 * kind.blur + 1);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        if (Math.min(Math.min(x, y), Math.min(WIDTH - 1 - x, HEIGHT - 1 - y)) < kind.border) {
          blurred.getRaster().setSample(x, y, 0, 20);
        }
      }
    }
    return blurred;
  }

  /** Two test digits side by side. */
  static BufferedImage two(int example) {
    double[][] ink = new double[HEIGHT][WIDTH];
    draw(ink, example, 120, 25, 60);
    draw(ink, example + 1, 120, 170, 60);
    BufferedImage canvas = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        canvas.getRaster().setSample(x, y, 0, (int) (217 * (1 - 0.8 * ink[y][x])));
      }
    }
    return canvas;
  }

  private static void draw(double[][] ink, int example, int side, int left, int top) {
    GreyImage digit = DIGITS.picture(example);
    BufferedImage small = new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 784; i++) {
      int grey = digit.grey(i / 28, i % 28);
      small.setRGB(i % 28, i / 28, new Color(grey, grey, grey).getRGB());
    }
    BufferedImage large = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = large.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(small, 0, 0, side, side, null);
    graphics.dispose();
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        ink[top + y][left + x] = (large.getRGB(x, y) & 0xff) / 255.0;
      }
    }
  }

  private static BufferedImage blurred(BufferedImage image, int size) {
    float[] weights = new float[size * size];
    Arrays.fill(weights, 1f / weights.length);
    BufferedImage target = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    new ConvolveOp(new Kernel(size, size, weights), ConvolveOp.EDGE_NO_OP, null)
        .filter(image, target);
    return target;
  }

  /** Of the examples to before {@code count}: read rightly, wrongly but called unsure, wrongly. */
  static int[] read(TrainedModel model, Kind kind, int count) {
    int[] read = new int[3];
    for (int example = 0; example < count; example++) {
      int outcome = 1;
      try {
        DigitPicture digit = DigitPicture.of("digit", of(example, kind), 28, 28);
        double[] probabilities = TestRun.probabilities(model, digit.image());
        int predicted = TestRun.greatest(probabilities);
        boolean sure = digit.alone() && probabilities[predicted] >= 0.9;
        outcome = predicted == DIGITS.label(example) ? 0 : sure ? 2 : 1;
      } catch (CommandException e) {
        outcome = 1;
      }
      read[outcome]++;
    }
    return read;
  }

  public static void main(String... args) {
    TrainedModel model = TrainedModel.read(Path.of(args[0]), warning -> {});
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
    for (Kind kind : Kind.values()) {
      int[] read = read(model, kind, count);
      System.out.printf(
          Locale.ROOT,
          "%-12s right %5.1f %%  unsure and wrong %5.1f %%  wrong %5.1f %%%n",
          kind,
          100.0 * read[0] / count,
          100.0 * read[1] / count,
          100.0 * read[2] / count);
    }
    int told = 0;
    for (int example = 0; example < count; example++) {
      told += DigitPicture.of("two", two(example), 28, 28).alone() ? 0 : 1;
    }
    System.out.printf(Locale.ROOT, "TWO_DIGITS   told %5.1f %%%n", 100.0 * told / count);
  }
}
