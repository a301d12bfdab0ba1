package io.github.descent4j.decorator;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.ParameterAccess;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The values of parameters while others are in their place. */
final class ValueCopies {
  private final Parameters parameters;
  private final INDArray[] copies;

  /** Of open arrays; the copies outlive a workspace that the caller may have open. */
  @SuppressWarnings("try") // The scope is left by closing it, and has no other use.
  ValueCopies(Parameters parameters) {
    this.parameters = parameters;
    copies = new INDArray[parameters.size()];
    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      for (int i = 0; i < copies.length; i++) {
        copies[i] = parameters.get(i).value().dup();
      }
    }
  }

  /**
   * Puts the values back, bit for bit.
   *
   * @throws IllegalStateException if an array has been closed; then none has been put back
   */
  void restore() {
    for (Parameter parameter : parameters) {
      ParameterAccess.ACCESS.requireOpen(parameter);
    }
    for (int i = 0; i < copies.length; i++) {
      if (!copies[i].isEmpty()) {
        parameters.get(i).value().assign(copies[i]);
      }
    }
  }
}
