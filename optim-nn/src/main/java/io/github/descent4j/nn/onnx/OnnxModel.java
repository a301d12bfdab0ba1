package io.github.descent4j.nn.onnx;

import io.github.descent4j.internal.file.AtomicFile;
import io.github.descent4j.nn.Layer;
import io.github.descent4j.nn.Mode;
import io.github.descent4j.nn.Sequential;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network in ONNX, the open form that ONNX Runtime, PyTorch, OpenVINO, browsers and many others read.
 *
 * <p>The graph computes what {@link Sequential#forward} does in {@link Mode#EVALUATION}. Its input is called {@code input} and has the
 * shape {@code [batch, ...example]} with any batch; its output is {@code output}, and with {@link Builder#softmax} there is a second
 * one, {@code probabilities}. Weights keep the names of the parameters, {@code fc1.weight}; a layer's text is the documentation of
 * its node.
 *
 * <p>Operators are those of set 13, format version 7 (ONNX 1.8 of 2020): the oldest where all have their present meaning, so that
 * old runtimes read the file, too. A network of DOUBLE stays one; many runtimes compute convolutions of FLOAT only.
 *
 * <p>Format: <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">Open Neural Network Exchange Intermediate
 * Representation</a>, and Operators.md beside it.
 *
 * <pre>{@code
 * Sequential network = Sequential.builder(DataType.FLOAT, 42).input(784).dense("fc1", 10).build();
 * OnnxModel.builder(network, 784).softmax().build().save(Path.of("model.onnx"));
 * }</pre>
 */
public final class OnnxModel {
  private static final int FORMAT_VERSION = 7;
  private static final int OPERATOR_SET = 13;

  static final String INPUT = "input";
  static final String OUTPUT = "output";
  static final String PROBABILITIES = "probabilities";

  private final ModelProto model;

  private OnnxModel(ModelProto model) {
    this.model = model;
  }

  /**
   * Starts a model.
   *
   * @param network with its weights; it must not be between a forward and a backward pass when {@link Builder#build} is called
   * @param exampleShape shape of one example, without the batch dimension: {@code 784}, or {@code 1, 28, 28}
   * @throws IllegalArgumentException if a length is below 1, or there is none
   */
  public static Builder builder(Sequential network, long... exampleShape) {
    Objects.requireNonNull(network, "network");
    if (exampleShape.length == 0 || Arrays.stream(exampleShape).anyMatch(length -> length < 1)) {
      throw new IllegalArgumentException(
          "exampleShape is " + Arrays.toString(exampleShape) + ", expected lengths of at least 1");
    }
    return new Builder(network, exampleShape.clone());
  }

  /**
   * Saves the model in place of the file that may be there, as a whole or not at all.
   *
   * @param file of the default file system, {@code NAME.onnx} by custom; a symbolic link is followed
   * @throws UncheckedIOException if it cannot be written; the old file is as it was
   */
  public void save(Path file) {
    try {
      AtomicFile.replace(file, this::writeTo);
    } catch (IOException e) {
      throw new UncheckedIOException("ONNX file " + file + " cannot be written: " + e, e);
    }
  }

  /** Writes the bytes of the file into a stream, which stays open. */
  public void writeTo(OutputStream out) throws IOException {
    model.writeTo(out);
  }

  /** Says what else belongs to a model. */
  public static final class Builder {
    private final Sequential network;
    private final long[] exampleShape;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private double mean;
    private double deviation = 1;
    private boolean softmax;

    private Builder(Sequential network, long[] exampleShape) {
      this.network = network;
      this.exampleShape = exampleShape;
    }

    /**
     * Puts {@code (x - mean) / deviation} before the first layer, for whoever has the data as they were before they were normalized.
     *
     * @param mean subtracted from each element, finite. Default: 0
     * @param deviation what that is divided by, finite and above 0. Default: 1
     * @throws IllegalArgumentException if a value is not as stated
     */
    public Builder normalize(double mean, double deviation) {
      if (!Double.isFinite(mean)) {
        throw new IllegalArgumentException("mean is " + mean + ", expected a finite number");
      }
      if (!(deviation > 0 && Double.isFinite(deviation))) {
        throw new IllegalArgumentException(
            "deviation is " + deviation + ", expected a finite number above 0");
      }
      this.mean = mean;
      this.deviation = deviation;
      return this;
    }

    /** Adds the output {@code probabilities}: softmax of {@code output} along its last dimension. */
    public Builder softmax() {
      softmax = true;
      return this;
    }

    /**
     * Adds a line to the metadata of the model, where runtimes show it.
     *
     * @throws IllegalArgumentException if there is one of that name
     */
    public Builder metadata(String name, String value) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(value, "value");
      if (metadata.putIfAbsent(name, value) != null) {
        throw new IllegalArgumentException(
            "metadata name '" + name + "' is given twice, expected distinct names");
      }
      return this;
    }

    /**
     * The model, with the weights as they are now.
     *
     * @throws IllegalArgumentException if a layer has no operator, such as DropConnect, HardConcreteGates, Ensemble or one of one's
     *     own, the example's shape does not fit the network, or the weights take 2 GiB or more, which a file of this form cannot hold
     */
    public OnnxModel build() {
      GraphWriter graph = new GraphWriter(network.dataType());
      if (mean != 0 || deviation != 1) {
        graph.normalize(mean, deviation);
      }
      for (Layer layer : network.layers()) {
        graph.add(layer);
      }
      graph.end(softmax);
      GraphProto.Builder proto = graph.proto();
      long[] outputShape = outputShape();
      proto.setName("descent4j").addInput(value(INPUT, exampleShape));
      proto.addOutput(value(OUTPUT, outputShape));
      if (softmax) {
        proto.addOutput(value(PROBABILITIES, outputShape));
      }
      ModelProto.Builder model = ModelProto.newBuilder()
          .setIrVersion(FORMAT_VERSION)
          .setProducerName("descent4j")
          .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
          .setGraph(proto);
      metadata.forEach((name, value) -> model.addMetadataProps(
          StringStringEntryProto.newBuilder().setKey(name).setValue(value)));
      return new OnnxModel(model.build());
    }

    /** Of one example. Whether the network takes such examples, the layers say themselves. */
    private long[] outputShape() {
      INDArray example = Nd4j.create(network.dataType(), withBatch(1, exampleShape));
      long[] shape = network.forward(example, Mode.EVALUATION).shape();
      return Arrays.copyOfRange(shape, 1, shape.length);
    }

    private static long[] withBatch(long batch, long[] example) {
      long[] shape = new long[example.length + 1];
      shape[0] = batch;
      System.arraycopy(example, 0, shape, 1, example.length);
      return shape;
    }

    private ValueInfoProto value(String name, long[] example) {
      TensorShapeProto.Builder shape =
          TensorShapeProto.newBuilder().addDim(Dimension.newBuilder().setDimParam("batch"));
      for (long length : example) {
        shape.addDim(Dimension.newBuilder().setDimValue(length));
      }
      TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder()
          .setElemType(GraphWriter.elementType(network.dataType()).getNumber())
          .setShape(shape)
          .build();
      return ValueInfoProto.newBuilder()
          .setName(name)
          .setType(TypeProto.newBuilder().setTensorType(tensor))
          .build();
    }
  }
}
