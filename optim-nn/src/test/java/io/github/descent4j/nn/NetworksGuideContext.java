package io.github.descent4j.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.nn.train.Dataset;
import io.github.descent4j.nn.train.InMemoryDataset;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the guides to networks leave to their readers. */
public abstract class NetworksGuideContext {
  private static final int IMAGES = 20;

  protected final INDArray images = Nd4j.rand(DataType.FLOAT, IMAGES, 1, 28, 28);
  protected final int[] labels = new int[IMAGES];
  protected final Dataset train = InMemoryDataset.of(images, labels, 10);
  protected final Dataset validation = InMemoryDataset.of(images, labels, 10);
  protected final Dataset test = InMemoryDataset.of(images, labels, 10);
  protected final Optimizer optimizer = new Adam();
  protected final Sequential network = Sequential.builder(DataType.FLOAT, 42)
      .input(1, 28, 28)
      .flatten()
      .dense("fc1", 16)
      .relu()
      .dense("fc2", 10)
      .build();
  protected final Parameters parameters =
      Parameters.of(Parameter.of("w", Nd4j.zeros(3, 2), Nd4j.ones(3, 2)));
  protected final List<Object> batches = List.of(1.0, 2.0);

  /** The example, and the check of what it leaves behind. */
  protected abstract void run();

  protected final void computeGradients(Object batch) {
    parameters.get("w").gradient().assign((Double) batch);
  }

  /** Every bias has left zero. */
  protected final void check(Sequential trained) {
    for (Parameter parameter : trained.parameters()) {
      if (parameter.name().endsWith("bias")) {
        check(parameter);
      }
    }
  }

  /** All have left zero. */
  protected final void check(Parameters trained) {
    trained.forEach(NetworksGuideContext::check);
  }

  protected final void check(NetworkHealth health) {
    assertThat(health.layers()).isNotEmpty();
  }

  private static void check(Parameter parameter) {
    double largest = parameter.value().amaxNumber().doubleValue();
    assertThat(largest).as(parameter.name()).isFinite().isPositive();
  }
}
