package io.github.descent4j.benchmarks.batch;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LBFGS;
import org.bytedeco.pytorch.LBFGSOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.presets.torch.LossClosure;

/** PyTorch's C++ L-BFGS on a tensor of doubles, with the line search that it has, and a history of 10 as ours. */
final class PyTorch {
  private static final int HISTORY = 10;

  private PyTorch() {}

  /** The scope is there to be closed, and has no varargs here. */
  @SuppressWarnings({"try", "unchecked"})
  static void lbfgs(Counted function, double[] start) {
    boolean[] ended = new boolean[1];
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Tensor.create(start, start.length);
      x.mutable_grad().put(Tensor.create(new double[start.length], start.length));
      DoublePointer values = x.data_ptr_double();
      DoublePointer slopes = x.mutable_grad().data_ptr_double();
      double[] point = new double[start.length];
      LossClosure closure = new LossClosure() {
        @Override
        public Tensor call() {
          if (!ended[0]) {
            values.get(point);
            try {
              function.value(point);
              slopes.put(function.gradient(point));
            } catch (Counted.Ended end) {
              // Nothing is thrown through C++: a gradient of 0 ends the search.
              ended[0] = true;
              slopes.put(new double[point.length]);
            }
          }
          return Tensor.create(function.value());
        }
      };
      LBFGSOptions options = new LBFGSOptions(1);
      options.max_iter().put(Minimize.MOST_ITERATIONS);
      options.max_eval().put(Long.MAX_VALUE);
      options.history_size().put(HISTORY);
      options.tolerance_grad().put(0);
      options.tolerance_change().put(0);
      options.line_search_fn().put(new BytePointer("strong_wolfe"));
      new LBFGS(new TensorVector(x), options).step(closure);
    }
  }
}
