package io.github.descent4j.spark;

import java.io.Serializable;

/**
 * What an executor says in the first job.
 *
 * @param problem why it cannot compute; null if it can
 * @param fingerprint what it computes with
 * @param examples how many its training set has; 0 where they are those of an RDD
 */
record Examined(String problem, Fingerprint fingerprint, int examples) implements Serializable {

  /** This executor. */
  static Examined here(Job job) {
    try {
      job.back(job.borrow());
      SharedDataset dataset = job.dataset();
      return new Examined(null, job.fingerprint(), dataset == null ? 0 : dataset.size());
    } catch (SourceException e) {
      return new Examined(TaskPlace.name() + ": " + e.getMessage(), null, 0);
    }
  }
}
