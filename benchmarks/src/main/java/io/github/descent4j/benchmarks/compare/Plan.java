package io.github.descent4j.benchmarks.compare;

import io.github.descent4j.benchmarks.Formula;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which JVMs a round starts, and in which order: implementations of the same optimizer in turn. */
final class Plan {
  static final String OURS = "descent4j";
  static final String BEFORE = "descent4j before";
  static final String OURS_ONE_THREAD = "descent4j, 1 thread";
  static final String OURS_SCALAR = "descent4j, scalar kernels";
  static final String ND4J = "ND4J updater";
  static final String ND4J_AVX512 = "ND4J updater, AVX-512";
  static final String ND4J_OPERATIONS = "ND4J operations";
  static final String DJL = "DJL";
  static final String PYTORCH = "PyTorch fused";
  static final String PYTORCH_ONE_THREAD = "PyTorch fused, 1 thread";
  static final String OPENBLAS = "OpenBLAS";

  static final String FIRST_STEP = "first step";

  /** What the costs beside the arithmetic are measured with. */
  static final String OVERHEAD_OPTIMIZER = "Adam";

  static final String ONE_PARAMETER = "16";
  static final String MANY_PARAMETERS = "200x16";

  private static final String ALL_SIZES = "10000,100000,1000000,10000000,200x1000";

  /** Steps whose arithmetic is next to nothing. */
  private static final Map<String, String> OVERHEAD =
      Map.of("optimizer", OVERHEAD_OPTIMIZER, "size", ONE_PARAMETER + "," + MANY_PARAMETERS);

  private static final Set<String> ND4J_UPDATERS =
      Set.of("Sgd", "Nesterov", "AdaGrad", "RmsProp", "AdaDelta", "Adam", "AmsGrad", "AdaMax");

  private static final String KERNELS = "-Dio.github.descent4j.kernels=";
  private static final String ONE_THREAD = "-Dio.github.descent4j.threads=1";

  private final Path benchmarks;
  private final boolean full;
  private final boolean vector;
  private final List<String> optimizers;
  private final List<String> asked;
  private final String sizes;

  /**
   * Makes a plan.
   *
   * @param folder the project's folder {@code benchmarks}, with the built jars
   * @param full whether every implementation is run, with every number of threads and at every size
   * @param vector whether ours runs its vector kernels
   * @param optimizers the optimizers to run, all if empty
   * @param sizes numbers of elements, those of the comparison if empty
   */
  Plan(Path folder, boolean full, boolean vector, List<String> optimizers, List<String> sizes) {
    this.benchmarks = folder;
    this.full = full;
    this.vector = vector;
    this.optimizers = optimizers.isEmpty()
        ? Arrays.stream(Formula.values()).map(Formula::label).toList()
        : List.copyOf(optimizers);
    asked = List.copyOf(sizes);
    String usual = full ? ALL_SIZES : "100000,1000000,10000000,200x1000";
    this.sizes = sizes.isEmpty() ? usual : String.join(",", sizes);
  }

  List<String> optimizers() {
    return optimizers;
  }

  List<String> sizes() {
    return List.of(sizes.split(","));
  }

  /**
   * The runs of a round that compares two versions, in turn.
   *
   * @param other the other version's benchmarks.jar
   */
  List<Run> versions(Path other) {
    List<Run> runs = new ArrayList<>();
    for (String optimizer : optimizers) {
      Map<String, String> parameters = new LinkedHashMap<>();
      parameters.put("optimizer", optimizer);
      parameters.put("size", asked.isEmpty() ? ALL_SIZES : sizes);
      Run now = ours(OURS, "OptimizerStep", parameters, List.of());
      runs.add(new Run(BEFORE, other, now.benchmark(), parameters, now.flags()));
      runs.add(now);
    }
    return runs;
  }

  /** The first step of a process of this version, or of another's library. */
  FirstStepRun firstStep(String implementation, Path jar) {
    return new FirstStepRun(implementation, jar, jar("target/benchmarks.jar"), flags(List.of()));
  }

  /** The runs of a round; the slow ones that only give context are in the first alone. */
  List<Run> round(int round) {
    List<Run> runs = new ArrayList<>();
    // The report compares with the bandwidth of 10^7 elements, whatever the sizes.
    String bandwidth = sizes().contains("10000000") ? "" : ",10000000";
    runs.add(nd4j(OPENBLAS, "Saxpy", Map.of("size", sizes + bandwidth + ",15000000,20000000")));
    for (String optimizer : optimizers) {
      addSteps(runs, optimizer, round == 1);
    }
    runs.add(ours(OURS, "GlobalNormClip", Map.of("size", "1000000,10000000"), List.of()));
    runs.add(ours(OURS, "NormedStep", Map.of("size", sizes), List.of()));
    runs.add(ours(OURS, "MuonStep", Map.of(), List.of()));
    runs.add(ours(OURS, "DecoratedSteps", Map.of("size", sizes), List.of()));
    runs.add(ours(OURS, "WrappedStep", Map.of("size", sizes), List.of()));
    runs.add(ours(OURS, "OwnRuleStep", Map.of("size", sizes), List.of()));
    runs.add(ours(OURS, "OptimizerStep", OVERHEAD, List.of()));
    runs.add(ours(OURS, "TrainingStep", Map.of("network", "mlp"), List.of()));
    runs.add(ours(OURS, "TrainingStep", Map.of("network", "cnn"), List.of()));
    return runs;
  }

  private void addSteps(List<Run> runs, String optimizer, boolean first) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("optimizer", optimizer);
    parameters.put("size", sizes);
    runs.add(ours(OURS, "OptimizerStep", parameters, List.of()));
    if (ND4J_UPDATERS.contains(optimizer)) {
      runs.add(nd4j(ND4J, "Nd4jUpdaterStep", parameters));
      if (full && hasNd4jAvx512()) {
        runs.add(new Run(
            ND4J_AVX512,
            jar("target/benchmarks.jar"),
            "Nd4jUpdaterStep",
            parameters,
            List.of("-Dorg.bytedeco.javacpp.platform.extension=-avx512")));
      }
    }
    Path pytorch = jar("pytorch/target/pytorch.jar");
    boolean fused = Files.exists(pytorch)
        && runsOn(optimizer, "Sgd", "Momentum", "Nesterov", "AdaGrad", "Adam", "AdamW", "AmsGrad");
    if (fused) {
      runs.add(new Run(PYTORCH, pytorch, "PyTorchFusedStep", parameters, List.of()));
    }
    if (!full) {
      return;
    }
    runs.add(ours(OURS_ONE_THREAD, "OptimizerStep", parameters, List.of(ONE_THREAD)));
    if (fused) {
      runs.add(new Run(
          PYTORCH_ONE_THREAD, pytorch, "PyTorchFusedStep", parameters, List.of("-Dthreads=1")));
    }
    if (vector) {
      runs.add(new Run(
          OURS_SCALAR,
          jar("target/benchmarks.jar"),
          "OptimizerStep",
          parameters,
          List.of(KERNELS + "scalar")));
    }
    Path djl = jar("djl/target/djl.jar");
    if (Files.exists(djl) && runsOn(optimizer, "Sgd", "Momentum", "Adam")) {
      List<String> flags = List.of(
          "-Dai.djl.offline=true",
          "-DOPT_OUT_TRACKING=true",
          "-DDJL_CACHE_DIR=" + jar("djl/target/cache"));
      runs.add(new Run(DJL, djl, "DjlStep", parameters, flags));
    }
    if (first) {
      runs.add(nd4j(ND4J_OPERATIONS, "Nd4jOperationsStep", parameters));
    }
  }

  /** Whether the benchmarks were built with the profile nd4j-avx512. */
  private boolean hasNd4jAvx512() {
    String[] libraries = jar("target/lib").toFile().list();
    return libraries != null
        && Arrays.stream(libraries)
            .anyMatch(name -> name.startsWith("nd4j-native-") && name.endsWith("-avx512.jar"));
  }

  private static boolean runsOn(String optimizer, String... known) {
    return List.of(known).contains(optimizer);
  }

  private Run ours(
      String implementation, String benchmark, Map<String, String> parameters, List<String> flags) {
    return new Run(
        implementation, jar("target/benchmarks.jar"), benchmark, parameters, flags(flags));
  }

  private List<String> flags(List<String> further) {
    List<String> all = new ArrayList<>(further);
    if (vector) {
      all.add("--add-modules=jdk.incubator.vector");
      all.add(KERNELS + "vector");
    }
    return all;
  }

  private Run nd4j(String implementation, String benchmark, Map<String, String> parameters) {
    return new Run(implementation, jar("target/benchmarks.jar"), benchmark, parameters, List.of());
  }

  private Path jar(String path) {
    return benchmarks.resolve(path).toAbsolutePath();
  }
}
