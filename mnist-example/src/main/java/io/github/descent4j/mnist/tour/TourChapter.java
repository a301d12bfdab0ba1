package io.github.descent4j.mnist.tour;

import java.util.Locale;

/** The chapters, in the lecture's order. */
public enum TourChapter {
  /** Gradients that vanish and explode, by layer. */
  UNSTABLE {
    @Override
    Chapter with(Images images) {
      return new UnstableChapter(32);
    }
  },
  /** Weights that start from 0, equal, and at random. */
  INITIALIZATION {
    @Override
    Chapter with(Images images) {
      return new InitializationChapter(300);
    }
  },
  /** Optimization is not learning: random labels. */
  LEARNING {
    @Override
    Chapter with(Images images) {
      return new LearningChapter(images.read(), 2000, 60);
    }
  },
  /** Local minima: where descents from many starts end. */
  MINIMA {
    @Override
    Chapter with(Images images) {
      return new MinimaChapter(15, 500);
    }
  },
  /** How long it takes to leave a saddle point, and how rare minima are. */
  SADDLES {
    @Override
    Chapter with(Images images) {
      return new SaddlesChapter(1_000_000);
    }
  },
  /** Which of the functions of {@code landscape} are convex. */
  CONVEXITY {
    @Override
    Chapter with(Images images) {
      return new ConvexityChapter();
    }
  },
  /** Projection, penalties, and an augmented Lagrangian. */
  CONSTRAINTS {
    @Override
    Chapter with(Images images) {
      return new ConstraintsChapter(1, 10, 100, 1000);
    }
  },
  /** Gradient descent at many rates on a function that is not convex. */
  RATE {
    @Override
    Chapter with(Images images) {
      return new RateChapter(300);
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
  /** SGD under several schedules. */
  DECAY {
    @Override
    Chapter with(Images images) {
      return new DecayChapter(10_000);
    }
  },
  /** Steps and examples by the size of batches. */
  BATCH_SIZE {
    @Override
    Chapter with(Images images) {
      return new BatchSizeChapter(4000, 1, 4, 16, 64, 256, 1024, 4096);
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
  /** Adam's steps with and without the correction of its averages. */
  BIAS {
    @Override
    Chapter with(Images images) {
      return new BiasChapter(5000);
    }
  },
  /** The spread of Adam's and RAdam's rate at the start. */
  START {
    @Override
    Chapter with(Images images) {
      return new StartChapter(1000);
    }
  },
  /** Test accuracy by learning rate for RAdam, Adam and SGD. */
  FIGURE6 {
    @Override
    Chapter with(Images images) {
      return new Figure6Chapter(images.read(), 12_000, 3, 3);
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
