package io.github.descent4j.mnist.tour;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The chapters, in the lecture's order, at the length that the guide shows. */
// Nobody writes into the numbers, and a maker has no state.
@SuppressWarnings("ImmutableEnumChecker")
public enum TourChapter {
  /** What regularization does to accuracy, and to accuracy under attack. */
  REGULARIZATION(
      (images, notes, n) -> new RegularizationChapter(images.read(), notes, n[0], n[1], n[2], n[3]),
      2000,
      30,
      3,
      1000),
  /** Gradients that vanish and explode, by layer. */
  UNSTABLE((images, notes, n) -> new UnstableChapter(n[0]), 32),
  /** Weights that start from 0, equal, and at random. */
  INITIALIZATION((images, notes, n) -> new InitializationChapter(n[0]), 300),
  /** Optimization is not learning: random labels. */
  LEARNING((images, notes, n) -> new LearningChapter(images.read(), n[0], n[1]), 2000, 60),
  /** Local minima: where descents from many starts end. */
  MINIMA((images, notes, n) -> new MinimaChapter(n[0], n[1]), 15, 500),
  /** How long it takes to leave a saddle point, and how rare minima are. */
  SADDLES((images, notes, n) -> new SaddlesChapter(n[0]), 1_000_000),
  /** Which of the functions of {@code landscape} are convex. */
  CONVEXITY((images, notes, n) -> new ConvexityChapter()),
  /** Projection, penalties, and an augmented Lagrangian. */
  CONSTRAINTS((images, notes, n) -> new ConstraintsChapter(asDoubles(n)), 1, 10, 100, 1000),
  /** Gradient descent at many rates on a function that is not convex. */
  RATE((images, notes, n) -> new RateChapter(n[0]), 300),
  /** L-BFGS on all images against Adam and SGD on mini-batches. */
  NEWTON((images, notes, n) -> new NewtonChapter(images.read(), n[0], n[1]), 60, 5),
  /** How far SGD strays from gradient descent. */
  NOISE((images, notes, n) -> new NoiseChapter(n[0], n[1]), 100, 100),
  /** SGD under several schedules. */
  DECAY((images, notes, n) -> new DecayChapter(n[0]), 10_000),
  /** Steps and examples by the size of batches. */
  BATCH_SIZE(
      (images, notes, n) -> new BatchSizeChapter(n[0], Arrays.copyOfRange(n, 1, n.length)),
      4000,
      1,
      4,
      16,
      64,
      256,
      1024,
      4096),
  /** Momentum and Nesterov's on quadratics. */
  MOMENTUM(
      (images, notes, n) -> new MomentumChapter(asDoubles(n)),
      10,
      30,
      100,
      300,
      1000,
      3000,
      10_000),
  /** The effective rate of AdaGrad. */
  ADAGRAD((images, notes, n) -> new AdaGradChapter(n[0]), 10_000),
  /** Rules that are said to need no learning rate, at several of them. */
  NO_RATE(
      (images, notes, n) -> new NoRateChapter(images.read(), notes, n[0], n[1], n[2]), 6000, 3, 3),
  /** Adam's steps with and without the correction of its averages. */
  BIAS((images, notes, n) -> new BiasChapter(n[0]), 5000),
  /** The problem on which Adam goes to the worst point. */
  REDDI((images, notes, n) -> new ReddiChapter(n[0]), 1000),
  /** How fast Adam's and Yogi's second moment falls. */
  YOGI((images, notes, n) -> new YogiChapter(n[0], n[1]), 1000, 10_000),
  /** The spread of Adam's and RAdam's rate at the start. */
  START((images, notes, n) -> new StartChapter(n[0]), 1000),
  /** Test accuracy by learning rate for RAdam, Adam and SGD. */
  FIGURE6(
      (images, notes, n) -> new Figure6Chapter(images.read(), notes, n[0], n[1], n[2]),
      12_000,
      3,
      3);

  /** Makes a chapter of its settings. */
  @FunctionalInterface
  private interface Maker {
    Chapter make(Images images, Notes notes, int... numbers);
  }

  private final Maker maker;
  private final int[] numbers;

  TourChapter(Maker maker, int... numbers) {
    this.maker = maker;
    this.numbers = numbers;
  }

  /** Ready to run. */
  Chapter with(Images images, Notes notes) {
    return maker.make(images, notes, numbers.clone());
  }

  /** What its files would belong to: also the images, if it reads them when it is made. */
  ChapterKey key(String version, Images images) {
    String[] data = new String[1];
    with(
        () -> {
          var read = images.read();
          data[0] = read.fingerprint();
          return read;
        },
        Notes.none());
    List<Integer> settings = Arrays.stream(numbers).boxed().toList();
    return new ChapterKey(toString(), version, settings, data[0]);
  }

  private static double[] asDoubles(int... numbers) {
    return Arrays.stream(numbers).asDoubleStream().toArray();
  }

  /** The name on the command line, and of the files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
