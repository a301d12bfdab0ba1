package io.github.descent4j.spark;

import io.github.descent4j.Parameters;
import io.github.descent4j.nn.OpenBlasCore;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A {@link PartitionGradient}, broadcast once, and the arrays that the tasks of this JVM compute with. */
final class GradientJob<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ParameterLayout layout;
  private final PartitionGradient<T> function;
  private final Fingerprint.Source arithmetic;
  private transient Deque<Parameters> free;
  private transient Fingerprint fingerprint;

  GradientJob(
      ParameterLayout layout, PartitionGradient<T> function, Fingerprint.Source arithmetic) {
    this.layout = layout;
    this.function = function;
    this.arithmetic = arithmetic;
  }

  /**
   * Computes a partition's part.
   *
   * @param expected what every executor computes with; null if nobody knows yet
   */
  Evaluated evaluate(byte[] values, Iterator<T> elements, Fingerprint expected) throws Exception {
    if (!elements.hasNext()) {
      return new Evaluated(Reply.part(null, null), null);
    }
    OpenBlasCore.choose();
    if (Nd4j.factory().blas().getMaxThreads() != 1) {
      Nd4j.factory().blas().setMaxThreads(1); // Tasks are the threads.
    }
    Fingerprint here = fingerprint();
    if (expected != null && !here.agrees(expected)) {
      return new Evaluated(Reply.part(null, null), here);
    }
    Parameters parameters = borrow();
    Flat flat = Flat.like(Flat.values(parameters));
    flat.get(ByteBuffer.wrap(values));
    flat.write(Flat.values(parameters));
    for (INDArray gradient : Flat.gradients(parameters)) {
      gradient.assign(0);
    }
    double loss = onItsThreads(parameters, elements);
    byte[] reply = Reply.part(new Part(flat.read(Flat.gradients(parameters)), loss, 0), null);
    back(parameters);
    return new Evaluated(reply, expected == null ? here : null);
  }

  private synchronized Fingerprint fingerprint() {
    if (fingerprint == null) {
      fingerprint = arithmetic.here();
    }
    return fingerprint;
  }

  private double onItsThreads(Parameters parameters, Iterator<T> elements) throws Exception {
    double[] loss = new double[1];
    Exception[] thrown = new Exception[1];
    TaskPlace.onItsThreads(() -> {
      try {
        loss[0] = function.evaluate(parameters, elements);
      } catch (Exception e) {
        thrown[0] = e; // A Runnable throws no checked ones.
      }
    });
    if (thrown[0] != null) {
      throw thrown[0];
    }
    return loss[0];
  }

  private Parameters borrow() {
    synchronized (this) {
      if (free != null && !free.isEmpty()) {
        return free.pop();
      }
    }
    return layout.create();
  }

  private synchronized void back(Parameters parameters) {
    if (free == null) {
      free = new ArrayDeque<>();
    }
    free.push(parameters);
  }
}
