package io.github.descent4j.benchmarks.batch;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.batch.Bfgs;
import io.github.descent4j.batch.ConjugateGradient;
import io.github.descent4j.batch.LBfgs;
import io.github.descent4j.batch.Minimizer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Evaluations and time until the largest element of the gradient is at most 1e-5: descent4j, MALLET, Hipparchus, Breeze, Smile
 * and PyTorch on the same functions, in one run.
 *
 * <p>The loss of a network has many minima, and which one a library ends in is chance: it is minimized from the weights of several seeds, and the
 * row has the medians of evaluations and time, and the lowest and the highest value. From each it is run once, after once to warm up.
 *
 * <p>Arguments: {@code --repeat N} (default 5; the fastest counts, after as many runs to warm up; on the digits one run each, without
 * warming up, and of 1000 evaluations at the most), {@code --seeds N} (default 5; the networks' weights at the start are those of the seeds from 1 to N) and {@code
 * --mnist FOLDER} with {@code train-images-idx3-ubyte.gz} and {@code train-labels-idx1-ubyte.gz}, without which the
 * classes are those of synthetic data.
 */
public final class Minimize {
  private static final double TOLERANCE = 1e-5;
  static final int MOST_ITERATIONS = 10_000;
  private static final double PENALTY = 1e-4;

  private static final int MOST_EVALUATIONS = 20_000;

  /** On the digits, of which an evaluation takes long. */
  private static final int FEWER_EVALUATIONS = 1000;

  /** Of the digits, for the network. */
  private static final int PART = 5000;

  private static final String ROW = "%-20s %-30s %16s %12s %22s%n";

  /** Runs a library until it has reached the tolerance, given up, or thrown {@link Counted.Ended}. */
  interface Library {
    void minimize(Counted function, double[] start);
  }

  private Minimize() {}

  /** Prints the table. */
  public static void main(String[] arguments) throws IOException {
    int repeat = 5;
    int seeds = 5;
    Path mnist = null;
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length || !arguments[i].matches("--repeat|--seeds|--mnist")) {
        System.err.println(
            "Usage: [--repeat N] [--seeds N] [--mnist FOLDER]; no such use: " + arguments[i]);
        System.exit(2);
      }
      if (arguments[i].equals("--repeat")) {
        repeat = Integer.parseInt(arguments[i + 1]);
      } else if (arguments[i].equals("--seeds")) {
        seeds = Integer.parseInt(arguments[i + 1]);
      } else {
        mnist = Path.of(arguments[i + 1]);
      }
    }
    if (seeds < 1) {
      System.err.println("--seeds is " + seeds + ", expected at least 1");
      System.exit(2);
    }
    int runs = repeat;
    Map<String, List<Smooth>> problems = new LinkedHashMap<>();
    problems.put("rosenbrock 2", List.of(Smooth.rosenbrock(2)));
    problems.put("rosenbrock 1000", List.of(Smooth.rosenbrock(1000)));
    Smooth.Points classes = Smooth.overlappingClasses();
    problems.put("softmax, synthetic", List.of(Smooth.softmaxRegression(classes, PENALTY)));
    problems.put("mlp, synthetic", networks(classes, 8, seeds));
    if (mnist != null) {
      Smooth.Points digits = digits(mnist);
      problems.put("softmax, MNIST", List.of(Smooth.softmaxRegression(digits, PENALTY)));
      problems.put("mlp, part of MNIST", networks(digits.first(PART), 32, seeds));
    }
    Map<String, Library> libraries = new LinkedHashMap<>();
    libraries.put("descent4j LBfgs", ours(limits(LBfgs.builder())));
    libraries.put(
        "descent4j Bfgs",
        ours(Bfgs.builder().gradientTolerance(0).maxIterations(MOST_ITERATIONS).build()));
    libraries.put(
        "descent4j ConjugateGradient",
        ours(ConjugateGradient.builder()
            .gradientTolerance(0)
            .maxIterations(MOST_ITERATIONS)
            .build()));
    libraries.put("MALLET LimitedMemoryBFGS", Peers::mallet);
    libraries.put("Hipparchus conjugate gradient", Peers::hipparchus);
    libraries.put("Breeze LBFGS", Breeze::lbfgs);
    libraries.put("Smile L-BFGS", Peers::smile);
    libraries.put("PyTorch LBFGS, strong Wolfe", PyTorch::lbfgs);
    System.out.printf(Locale.ROOT, ROW, "problem", "library", "evaluations", "ms", "value");
    problems.forEach((problem, functions) -> libraries.forEach((name, library) -> {
      if (!name.endsWith(" Bfgs") || functions.get(0).start().length <= 1000) {
        measure(problem, functions, name, library, runs, problem.endsWith("MNIST"));
      }
    }));
  }

  /** The same network from the weights of several seeds. */
  private static List<Smooth> networks(Smooth.Points points, int hidden, int seeds) {
    List<Smooth> networks = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      networks.add(new Network(points, hidden, PENALTY, seed));
    }
    return networks;
  }

  private static Minimizer limits(LBfgs.Builder builder) {
    return builder.gradientTolerance(0).maxIterations(MOST_ITERATIONS).build();
  }

  private static void measure(
      String problem,
      List<Smooth> functions,
      String name,
      Library library,
      int runs,
      boolean once) {
    int starts = functions.size();
    double[] evaluations = new double[starts];
    double[] milliseconds = new double[starts];
    double[] values = new double[starts];
    int missed = 0;
    for (int i = 0; i < starts; i++) {
      Run run = run(functions.get(i), library, starts == 1 ? runs : 1, once);
      evaluations[i] = run.counted.evaluations();
      milliseconds[i] = run.milliseconds;
      values[i] = run.counted.value();
      missed += run.counted.reached() ? 0 : 1;
    }
    Arrays.sort(values);
    String gaveUp = missed == 0 ? "" : starts == 1 ? " (gave up)" : " (" + missed + " gave up)";
    System.out.printf(
        Locale.ROOT,
        ROW,
        problem,
        name,
        String.format(Locale.ROOT, "%.0f", median(evaluations)) + gaveUp,
        String.format(Locale.ROOT, "%.3f", median(milliseconds)),
        starts == 1
            ? String.valueOf(values[0])
            : String.format(Locale.ROOT, "%.6f to %.6f", values[0], values[starts - 1]));
  }

  /** Of an even number, the lower one of the two in the middle. */
  private static double median(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted[(sorted.length - 1) / 2];
  }

  private record Run(Counted counted, double milliseconds) {}

  private static Run run(Smooth function, Library library, int runs, boolean once) {
    int repeat = once ? 1 : runs;
    int warmup = once ? 0 : runs;
    double fastest = Double.POSITIVE_INFINITY;
    Counted counted = null;
    for (int run = 0; run < warmup + repeat; run++) {
      counted = new Counted(function, TOLERANCE, once ? FEWER_EVALUATIONS : MOST_EVALUATIONS);
      long start = System.nanoTime();
      try {
        library.minimize(counted, function.start());
      } catch (Counted.Ended end) {
        // As it was meant to.
      }
      if (run >= warmup) {
        fastest = Math.min(fastest, (System.nanoTime() - start) / 1e6);
      }
    }
    return new Run(counted, fastest);
  }

  private static Library ours(Minimizer minimizer) {
    return (function, start) -> {
      INDArray value = Nd4j.createFromArray(start);
      INDArray gradient = Nd4j.zeros(DataType.DOUBLE, start.length);
      double[] x = new double[start.length];
      minimizer.minimize(
          parameters -> {
            parameters.get(0).value().data().asNioDouble().get(x);
            double result = function.value(x);
            gradient.data().asNioDouble().put(function.gradient(x));
            return result;
          },
          Parameters.of(Parameter.of("x", value, gradient)));
    };
  }

  private static Smooth.Points digits(Path folder) throws IOException {
    float[][] features;
    try (DataInputStream images = open(folder.resolve("train-images-idx3-ubyte.gz"))) {
      images.readInt();
      features = new float[images.readInt()][images.readInt() * images.readInt()];
      byte[] bytes = new byte[features[0].length];
      for (float[] row : features) {
        images.readFully(bytes);
        for (int i = 0; i < bytes.length; i++) {
          row[i] = (bytes[i] & 0xff) / 255f;
        }
      }
    }
    int[] labels = new int[features.length];
    try (DataInputStream in = open(folder.resolve("train-labels-idx1-ubyte.gz"))) {
      in.readInt();
      in.readInt();
      for (int i = 0; i < labels.length; i++) {
        labels[i] = in.readUnsignedByte();
      }
    }
    return new Smooth.Points(features, labels, 10);
  }

  private static DataInputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return new DataInputStream(new GZIPInputStream(in, 1 << 16));
  }
}
