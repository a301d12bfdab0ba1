package io.github.descent4j.rule;

import static io.github.descent4j.TestArrays.assertSameBits;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Models, gradients that follow from the step, and what rules make of them. */
final class UserRuleRuns {
  private UserRuleRuns() {}

  static Parameters model(DataType type, Layout layout, long[]... shapes) {
    List<Parameter> parameters = new ArrayList<>();
    for (long[] shape : shapes) {
      double[] numbers =
          TestArrays.uniform(new SplittableRandom(parameters.size()), TestArrays.length(shape));
      INDArray elements = TestArrays.create(type, shape, numbers);
      parameters.add(Parameter.of(
          "p" + parameters.size(),
          TestArrays.lay(elements, layout),
          TestArrays.lay(elements, layout)));
    }
    return Parameters.of(parameters);
  }

  static Parameters model(DataType type) {
    return model(type, Layout.C_ORDER, new long[] {3, 4}, new long[] {7});
  }

  static void run(Optimizer optimizer, Parameters parameters, int from, int to) {
    for (int step = from; step < to; step++) {
      SplittableRandom random = new SplittableRandom(step);
      for (Parameter parameter : parameters) {
        INDArray gradient = parameter.gradient();
        if (!gradient.isEmpty()) {
          int n = (int) gradient.length();
          gradient.assign(TestArrays.create(
              gradient.dataType(), gradient.shape(), TestArrays.uniform(random, n)));
        }
      }
      optimizer.step(parameters);
    }
  }

  static List<INDArray> values(Parameters parameters) {
    List<INDArray> values = new ArrayList<>();
    parameters.forEach(parameter -> values.add(parameter.value().dup()));
    return values;
  }

  static void assertSame(String what, Parameters actual, List<INDArray> expected) {
    for (int i = 0; i < actual.size(); i++) {
      assertSameBits(what + " " + actual.get(i), actual.get(i).value(), expected.get(i));
    }
  }
}
