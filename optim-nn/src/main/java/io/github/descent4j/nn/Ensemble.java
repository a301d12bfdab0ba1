package io.github.descent4j.nn;

import io.github.descent4j.nn.memory.Memory;
import io.github.descent4j.nn.memory.ReusableArray;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Several classifiers that decide together: the output is the logarithm of the mean of their softmax probabilities, whose softmax that mean
 * is. Networks may be trained from several seeds, or be snapshots of one training (Huang et al. 2017: Snapshot ensembles: train 1, get M for
 * free; L. Hansen, P. Salamon: Neural network ensembles, 1990). Probabilities below 1e-38 count as that much.
 *
 * <p>The members are {@linkplain InferenceNetwork copies as they are in evaluation}, in both modes, and have no parameters that could be
 * trained. {@link #backward} is the gradient of the input, through all of them.
 *
 * <pre>{@code
 * Sequential together = Sequential.of(DataType.FLOAT, Ensemble.of(List.of(first, second, third)));
 * Evaluation evaluation = Trainer.builder(together, new Sgd(1)).build().evaluate(test);
 * }</pre>
 */
public final class Ensemble implements Layer {
  private static final double SMALLEST = 1e-38;

  private final List<Sequential> members;
  private final ReusableArray output = new ReusableArray();
  private final List<double[]> probabilities = new ArrayList<>();
  private double[] mean = {};
  private INDArray trained;

  private Ensemble(List<Sequential> members) {
    this.members = members;
  }

  /**
   * An ensemble.
   *
   * @param networks at least one, of the layers of this package, with logits {@code [batch, classes]} as outputs; they stay as they are
   * @throws IllegalArgumentException if there is none, their types differ, or a layer is another
   */
  public static Ensemble of(List<Sequential> networks) {
    if (networks.isEmpty()) {
      throw new IllegalArgumentException("number of networks is 0, expected at least 1");
    }
    for (Sequential network : networks) {
      if (network.dataType() != networks.get(0).dataType()) {
        throw new IllegalArgumentException("a network is of type " + network.dataType()
            + ", expected " + networks.get(0).dataType() + " as the first one");
      }
    }
    return new Ensemble(networks.stream().map(InferenceNetwork::of).toList());
  }

  @Override
  public INDArray forward(INDArray input, Mode mode) {
    trained = null;
    probabilities.clear();
    long[] shape = null;
    for (Sequential member : members) {
      INDArray logits = member.forward(input, mode);
      Checks.batch("ensemble", logits, null, -1);
      if (shape != null && shape[1] != logits.size(1)) {
        throw new IllegalArgumentException("a network has " + logits.size(1) + " outputs, expected "
            + shape[1] + " as the first one");
      }
      shape = logits.shape();
      SoftmaxCrossEntropy softmax = new SoftmaxCrossEntropy();
      softmax.forward(logits, new int[(int) shape[0]]);
      probabilities.add(values(softmax.probabilities()));
    }
    mean = new double[probabilities.get(0).length];
    for (double[] ofMember : probabilities) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += ofMember[i] / members.size();
      }
    }
    double[] logarithms = new double[mean.length];
    for (int i = 0; i < mean.length; i++) {
      logarithms[i] = StrictMath.log(Math.max(SMALLEST, mean[i]));
    }
    Memory y = output.shaped(input.dataType(), shape);
    y.putDoubles(0, logarithms, logarithms.length);
    trained = mode == Mode.TRAINING ? y.array() : null;
    return y.array();
  }

  /** With dq = dy / (members mean) for each member's probabilities q: its logits' gradient is q (dq - the sum of q dq over the classes). */
  @Override
  public INDArray backward(INDArray outputGradient) {
    Checks.outputGradient("ensemble", outputGradient, trained);
    double[] dy = values(outputGradient);
    int classes = (int) trained.size(1);
    INDArray sum = null;
    for (int m = 0; m < members.size(); m++) {
      double[] q = probabilities.get(m);
      double[] dz = new double[dy.length];
      for (int from = 0; from < dy.length; from += classes) {
        double projected = 0;
        for (int i = from; i < from + classes; i++) {
          dz[i] = mean[i] > SMALLEST ? dy[i] / (mean[i] * members.size()) : 0;
          projected += q[i] * dz[i];
        }
        for (int i = from; i < from + classes; i++) {
          dz[i] = q[i] * (dz[i] - projected);
        }
      }
      INDArray gradient = trained.ulike();
      Memory.of(gradient).putDoubles(0, dz, dz.length);
      INDArray dx = members.get(m).backward(gradient);
      sum = sum == null ? dx.dup() : sum.addi(dx);
    }
    return sum;
  }

  private static double[] values(INDArray array) {
    Memory memory = Memory.of(array);
    double[] values = new double[memory.length()];
    memory.getDoubles(0, values, values.length);
    return values;
  }

  /** How many networks there are. */
  public int size() {
    return members.size();
  }

  @Override
  public String toString() {
    return "Ensemble of " + members.size();
  }
}
