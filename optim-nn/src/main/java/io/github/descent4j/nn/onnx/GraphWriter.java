package io.github.descent4j.nn.onnx;

import io.github.descent4j.Parameter;
import io.github.descent4j.nn.BatchNorm;
import io.github.descent4j.nn.Conv2d;
import io.github.descent4j.nn.Dense;
import io.github.descent4j.nn.Dropout;
import io.github.descent4j.nn.Flatten;
import io.github.descent4j.nn.Layer;
import io.github.descent4j.nn.MaxPool2d;
import io.github.descent4j.nn.Relu;
import io.github.descent4j.nn.Sigmoid;
import io.github.descent4j.nn.Tanh;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.protobuf.ByteString;

/** Writes layers as nodes of a graph, one after another. */
final class GraphWriter {
  /** A protobuf message has less than 2 GiB; this leaves room for all that is no weight. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - (1L << 20);

  private final DataType type;
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final List<NodeProto.Builder> nodes = new ArrayList<>();
  private int layers;
  private long bytes;

  /** What the next node takes. */
  private String value = OnnxModel.INPUT;

  GraphWriter(DataType type) {
    this.type = type;
  }

  void normalize(double mean, double deviation) {
    node("Sub", "minus the mean " + mean, constant("normalize.mean", mean));
    node("Mul", "over the deviation " + deviation, constant("normalize.scale", 1 / deviation));
  }

  void add(Layer layer) {
    if (layer instanceof Dense) {
      node("Gemm", layer, weights(layer)).addAttribute(integer("transB", 1));
    } else if (layer instanceof Conv2d convolution) {
      INDArray weight = layer.parameters().get(0).value();
      int padding = convolution.padding();
      node("Conv", layer, weights(layer))
          .addAttribute(integers("kernel_shape", weight.size(2), weight.size(3)))
          .addAttribute(integers("strides", convolution.stride(), convolution.stride()))
          .addAttribute(integers("pads", padding, padding, padding, padding));
    } else if (layer instanceof MaxPool2d pool) {
      node("MaxPool", layer)
          .addAttribute(integers("kernel_shape", pool.size(), pool.size()))
          .addAttribute(integers("strides", pool.stride(), pool.stride()));
    } else if (layer instanceof BatchNorm norm) {
      node("BatchNormalization", layer, weights(layer))
          .addAttribute(number("epsilon", norm.epsilon()));
    } else if (layer instanceof Flatten) {
      node("Flatten", layer).addAttribute(integer("axis", 1));
    } else if (layer instanceof Relu || layer instanceof Sigmoid || layer instanceof Tanh) {
      node(layer.toString(), layer);
    } else if (!(layer instanceof Dropout)) {
      // Dropout leaves in evaluation what it is given.
      throw new IllegalArgumentException("layer " + (layers + 1) + " is " + layer
          + ", expected Dense, Conv2d, MaxPool2d, BatchNorm, Flatten, Relu, Sigmoid, Tanh or Dropout:"
          + " others have no ONNX operator here; InferenceNetwork makes plain layers of DropConnect"
          + " and gates");
    }
    layers++;
  }

  /** Gives the outputs their names. */
  void end(boolean softmax) {
    if (nodes.isEmpty()) {
      node("Identity", "what is left of the network");
    }
    nodes.get(nodes.size() - 1).setOutput(0, OnnxModel.OUTPUT);
    value = OnnxModel.OUTPUT;
    if (softmax) {
      node("Softmax", "softmax")
          .addAttribute(integer("axis", -1))
          .setOutput(0, OnnxModel.PROBABILITIES);
    }
  }

  GraphProto.Builder proto() {
    GraphProto.Builder proto = graph.clone();
    nodes.forEach(proto::addNode);
    return proto;
  }

  static TensorProto.DataType elementType(DataType type) {
    return type == DataType.DOUBLE ? TensorProto.DataType.DOUBLE : TensorProto.DataType.FLOAT;
  }

  /** Fails if a file cannot hold so much. */
  static void requireRoom(long bytes) {
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException("the weights take " + bytes + " bytes, expected at most "
          + MOST_BYTES + " in one ONNX file");
    }
  }

  private NodeProto.Builder node(String operator, Object documentation, String... weights) {
    String output = "value" + (nodes.size() + 1);
    NodeProto.Builder node = NodeProto.newBuilder()
        .setName(operator + "_" + (nodes.size() + 1))
        .setOpType(operator)
        .setDocString(documentation.toString())
        .addInput(value)
        .addAllInput(List.of(weights))
        .addOutput(output);
    nodes.add(node);
    value = output;
    return node;
  }

  /** Writes the arrays of a layer; parameters and buffers stand in the order in which ONNX takes them. */
  private String[] weights(Layer layer) {
    List<String> names = new ArrayList<>();
    for (Parameter parameter : layer.parameters()) {
      names.add(tensor(parameter.name(), parameter.value()));
    }
    layer.buffers().forEach((name, buffer) -> names.add(tensor(name, buffer)));
    return names.toArray(String[]::new);
  }

  private String constant(String name, double value) {
    return tensor(name, Nd4j.scalar(type, value));
  }

  private String tensor(String name, INDArray array) {
    bytes += array.length() * type.width();
    requireRoom(bytes);
    ByteBuffer raw =
        ByteBuffer.allocate((int) array.length() * type.width()).order(ByteOrder.LITTLE_ENDIAN);
    DataBuffer values = array.dup('c').data();
    for (long i = 0; i < array.length(); i++) {
      if (type == DataType.DOUBLE) {
        raw.putDouble(values.getDouble(i));
      } else {
        raw.putFloat(values.getFloat(i));
      }
    }
    TensorProto.Builder tensor = TensorProto.newBuilder()
        .setName(name)
        .setDataType(elementType(type).getNumber())
        .setRawData(ByteString.copyFrom(raw.flip()));
    for (long length : array.shape()) {
      tensor.addDims(length);
    }
    graph.addInitializer(tensor);
    return name;
  }

  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  private static AttributeProto.Builder integer(String name, long value) {
    return attribute(name, AttributeType.INT).setI(value);
  }

  private static AttributeProto.Builder integers(String name, long... values) {
    AttributeProto.Builder attribute = attribute(name, AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute;
  }

  private static AttributeProto.Builder number(String name, double value) {
    return attribute(name, AttributeType.FLOAT).setF((float) value);
  }
}
