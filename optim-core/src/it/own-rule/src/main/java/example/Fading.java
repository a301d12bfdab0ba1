package example;

import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.decorator.GradientDecorator;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A decorator with a memory: gradients fade by one percent a step. */
final class Fading extends GradientDecorator {
  private long step;

  Fading(Optimizer inner) {
    super(inner);
  }

  @Override
  protected void change(Parameter parameter, INDArray gradient) {
    gradient.muli(Math.pow(0.99, step));
  }

  @Override
  protected void commit(StepContext context) {
    super.commit(context);
    step++;
  }

  @Override
  protected String savedAs() {
    return "fading";
  }

  @Override
  protected void saveOwn(StateWriter out) {
    out.put("step", step);
  }

  @Override
  protected void loadOwn(StateReader in) {
    long loaded = in.whole("step", 0);
    in.whenAllIsWell(() -> step = loaded);
  }
}
