package io.github.descent4j.spark;

import io.github.descent4j.internal.program.Loops;
import io.github.descent4j.nn.OpenBlasCore;
import io.github.descent4j.nn.Sequential;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What has to be the same on every executor for a run to have one result: the names, shapes and types of the parameters, the loss, number, shape and classes
 * of the examples, whose values are not compared, and how numbers are computed. OpenBLAS chooses its kernels by the processor, and other kernels have other last bits.
 *
 * @param where the executor
 * @param features what is compared, by what it is called in messages
 */
record Fingerprint(String where, Map<String, String> features) implements Serializable {
  private static final String PARAMETERS = "parameters";
  private static final String BUFFERS = "buffers";
  private static final String LOSS = "loss";

  /** Makes that of the JVM it is called in. */
  @FunctionalInterface
  interface Source extends Serializable {
    Fingerprint here();
  }

  /** Odd sizes, so that kernels for the rest of a block take part too. */
  private static final int[] PRODUCT = {37, 259, 41};

  static Fingerprint of(Sequential network, String loss, SharedDataset dataset) {
    Map<String, String> features = new LinkedHashMap<>(ofModel(network, loss));
    if (dataset != null) {
      features.put("examples", dataset.toString());
    }
    features.putAll(ofArithmetic(network.dataType()));
    return new Fingerprint(TaskPlace.name(), features);
  }

  /** How numbers are computed here, whatever they are for. */
  static Fingerprint ofArithmetic() {
    return new Fingerprint(TaskPlace.name(), ofArithmetic(DataType.FLOAT, DataType.DOUBLE));
  }

  private static Map<String, String> ofArithmetic(DataType... types) {
    Map<String, String> features = new LinkedHashMap<>();
    features.put("kernels", Loops.chosen().kind().toString());
    features.put("OPENBLAS_CORETYPE", OpenBlasCore.coreType().orElse("not set"));
    for (DataType type : types) {
      features.put("bits of a matrix product of " + type, product(type));
    }
    return features;
  }

  /** Of network and loss alone: what an executor's and the driver's have in common. */
  private static Map<String, String> ofModel(Sequential network, String loss) {
    Map<String, String> features = new LinkedHashMap<>();
    List<String> parameters = new ArrayList<>();
    network.parameters().forEach(parameter -> parameters.add(parameter.toString()));
    features.put(PARAMETERS, String.join(", ", parameters));
    features.put(
        BUFFERS,
        network.buffers().entrySet().stream()
            .map(buffer -> buffer.getKey() + " " + buffer.getValue().dataType()
                + Arrays.toString(buffer.getValue().shape()))
            .collect(Collectors.joining(", ")));
    features.put(LOSS, loss);
    return features;
  }

  private static String product(DataType type) {
    SplittableRandom random = new SplittableRandom(1);
    INDArray a = random(type, random, PRODUCT[0], PRODUCT[1]);
    INDArray b = random(type, random, PRODUCT[1], PRODUCT[2]);
    CRC32C sum = new CRC32C();
    for (double element : a.mmul(b).dup('c').data().asDouble()) {
      long bits = Double.doubleToRawLongBits(element);
      for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
        sum.update((int) (bits >>> shift));
      }
    }
    return Long.toHexString(sum.getValue());
  }

  private static INDArray random(DataType type, SplittableRandom random, int rows, int columns) {
    double[] elements = random.doubles((long) rows * columns, -1, 1).toArray();
    return Nd4j.create(elements, new long[] {rows, columns}, 'c').castTo(type);
  }

  /** Whether another one computes the same. */
  boolean agrees(Fingerprint other) {
    return features.equals(other.features);
  }

  /** The one that most executors have; of several, that of the first name. */
  static Fingerprint commonest(List<Fingerprint> all) {
    Map<String, Fingerprint> byPlace = new TreeMap<>();
    all.forEach(one -> byPlace.put(one.where, one));
    Fingerprint best = null;
    long most = 0;
    for (Fingerprint one : byPlace.values()) {
      long count = byPlace.values().stream().filter(one::agrees).count();
      if (count > most) {
        most = count;
        best = one;
      }
    }
    return best;
  }

  /**
   * Fails if an executor differs.
   *
   * @throws IllegalStateException that names it, the first thing in which it differs, and what others have
   */
  void require(Fingerprint other) {
    if (!agrees(other)) {
      throw new IllegalStateException(difference(other.where, other.features, where));
    }
  }

  /** Fails if networks and losses of executors are not those of the driver. */
  void requireModel(Sequential network, String loss) {
    Map<String, String> own = ofModel(network, loss);
    Map<String, String> theirs = new LinkedHashMap<>(features);
    theirs.keySet().retainAll(own.keySet());
    if (!theirs.equals(own)) {
      throw new IllegalStateException(
          new Fingerprint("the driver", own).difference(where, theirs, "the driver"));
    }
  }

  private String difference(String stranger, Map<String, String> theirs, String witness) {
    for (Map.Entry<String, String> feature : features.entrySet()) {
      String found = theirs.get(feature.getKey());
      if (!feature.getValue().equals(found)) {
        return stranger + " has " + feature.getKey() + " " + brief(found, feature.getValue())
            + ", expected " + brief(feature.getValue(), String.valueOf(found)) + " as " + witness
            + " has: all executors of a run have to compute the same bits (docs/spark.md)";
      }
    }
    return stranger + " has " + theirs + ", expected " + features;
  }

  /** A long list from where it differs. */
  private static String brief(String text, String other) {
    String value = String.valueOf(text);
    int at = 0;
    while (at < Math.min(value.length(), other.length()) && value.charAt(at) == other.charAt(at)) {
      at++;
    }
    int from = value.length() > 120 ? Math.max(0, value.lastIndexOf(", ", at)) : 0;
    int to = Math.min(value.length(), from + 120);
    return (from > 0 ? "..." : "'")
        + value.substring(from, to)
        + (to < value.length() ? "..." : "'");
  }
}
