package io.github.descent4j.mnist.tour;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How a training went.
 *
 * @param name of what trained
 * @param marks measured on the way, in order
 */
record Course(String name, List<Mark> marks) {

  /**
   * A point on the way.
   *
   * @param passes over the training images, whose gradients were evaluated
   * @param seconds of training; measuring does not count
   * @param loss the mean over all training images
   * @param accuracy on the test images
   */
  record Mark(double passes, double seconds, double loss, double accuracy) {}

  /** The first mark that is good enough. */
  Optional<Mark> first(Predicate<Mark> enough) {
    return marks.stream().filter(enough).findFirst();
  }

  Mark last() {
    return marks.get(marks.size() - 1);
  }

  double[] passes() {
    return marks.stream().mapToDouble(Mark::passes).toArray();
  }

  double[] seconds() {
    return marks.stream().mapToDouble(Mark::seconds).toArray();
  }

  double[] losses() {
    return marks.stream().mapToDouble(Mark::loss).toArray();
  }

  double[] accuracies() {
    return marks.stream().mapToDouble(Mark::accuracy).toArray();
  }
}
