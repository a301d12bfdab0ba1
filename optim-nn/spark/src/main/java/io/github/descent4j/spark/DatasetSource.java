package io.github.descent4j.spark;

import io.github.descent4j.nn.train.Dataset;
import java.io.Serializable;

/**
 * Opens the training set, once in every executor's JVM, whose tasks share it; the driver does not. The same examples have to be under the same
 * numbers everywhere, as in files that every executor can read. An executor whose memory for storage gets short, as by RDDs that are cached, may drop the
 * open one, and opens it anew for the next task.
 *
 * <pre>{@code
 * DatasetSource digits = () -> InMemoryDataset.of(Nd4j.createFromNpyFile(new File("/data/digits.npy")), labels(), 10);
 * }</pre>
 *
 * <p>{@link DistributedExamples} are for examples that no executor can hold, or that an RDD has made.
 */
@FunctionalInterface
public interface DatasetSource extends Serializable {

  /**
   * Opens it. What is returned is read by one thread at a time.
   *
   * @throws Exception if it cannot be opened: training ends, and the message names the executor
   */
  Dataset open() throws Exception;
}
