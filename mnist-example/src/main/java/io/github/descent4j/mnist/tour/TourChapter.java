package io.github.descent4j.mnist.tour;

import java.util.Locale;

/** The chapters, in the lecture's order. */
public enum TourChapter {
  /** Which of the functions of {@code landscape} are convex. */
  CONVEXITY {
    @Override
    Chapter with(Images images) {
      return new ConvexityChapter();
    }
  },
  /** L-BFGS on all images against Adam and SGD on mini-batches. */
  NEWTON {
    @Override
    Chapter with(Images images) {
      return new NewtonChapter(images.read(), 60, 5);
    }
  },
  /** How far SGD strays from gradient descent. */
  NOISE {
    @Override
    Chapter with(Images images) {
      return new NoiseChapter(100, 100);
    }
  },
  /** Momentum and Nesterov's on quadratics. */
  MOMENTUM {
    @Override
    Chapter with(Images images) {
      return new MomentumChapter(10, 30, 100, 300, 1000, 3000, 10_000);
    }
  },
  /** The effective rate of AdaGrad. */
  ADAGRAD {
    @Override
    Chapter with(Images images) {
      return new AdaGradChapter(10_000);
    }
  },
  /** The spread of Adam's and RAdam's rate at the start. */
  START {
    @Override
    Chapter with(Images images) {
      return new StartChapter(1000);
    }
  };

  /** The chapter at the length that the guide shows. */
  abstract Chapter with(Images images);

  /** The name on the command line, and of the files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
