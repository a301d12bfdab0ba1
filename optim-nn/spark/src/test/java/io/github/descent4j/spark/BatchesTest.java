package io.github.descent4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {

  @Test
  void cutsABatchIntoShards() {
    Batches batches = new Batches(203, 40, 3, false);
    assertThat(batches.count()).isEqualTo(6);
    assertThat(batches.size(0)).isEqualTo(40);
    assertThat(batches.size(5)).isEqualTo(3);
    // 40 examples: 0 to 13, 13 to 26, 26 to 40.
    assertThat(batches.from(2, 1)).isEqualTo(93);
    assertThat(batches.size(2, 1)).isEqualTo(13);
    assertThat(batches.size(2, 2)).isEqualTo(14);
    assertThat(batches.size(5, 2)).isEqualTo(1);
  }

  @Test
  void cutsTheExamplesOfAShardIntoBatches() {
    Batches batches = new Batches(203, 40, 3, true);
    // 67, 68 and 68 examples.
    assertThat(batches.ownedFrom(1)).isEqualTo(67);
    assertThat(batches.owned(1)).isEqualTo(68);
    assertThat(batches.owner(66)).isZero();
    assertThat(batches.owner(67)).isEqualTo(1);
    // In six batches: 0, 11, 22, 34 ... of 68.
    assertThat(batches.from(1, 1)).isEqualTo(11);
    assertThat(batches.size(1, 1)).isEqualTo(11);
    assertThat(batches.size(2, 1)).isEqualTo(12);
    assertThat(batches.size(0)).isEqualTo(33);
  }

  @ParameterizedTest
  @CsvSource({"203, 40, 3", "203, 40, 40", "7, 7, 7", "1000, 1, 1", "60000, 1024, 8", "11, 30, 4"})
  void usesEveryExampleOnce(int examples, int batchSize, int shards) {
    Batches whole = new Batches(examples, batchSize, shards, false);
    Batches apart = new Batches(examples, batchSize, shards, true);
    BitSet seen = new BitSet();
    for (int batch = 0; batch < whole.count(); batch++) {
      int size = 0;
      for (int shard = 0; shard < shards; shard++) {
        for (int i = 0; i < whole.size(batch, shard); i++) {
          assertThat(seen.get(whole.from(batch, shard) + i)).isFalse();
          seen.set(whole.from(batch, shard) + i);
        }
        size += whole.size(batch, shard);
      }
      assertThat(size).isEqualTo(whole.size(batch));
    }
    assertThat(seen.cardinality()).isEqualTo(examples);
    assertThat(seen.length()).isEqualTo(examples);
    int all = 0;
    for (int shard = 0; shard < shards; shard++) {
      int next = 0;
      for (int batch = 0; batch < apart.count(); batch++) {
        assertThat(apart.from(batch, shard)).isEqualTo(next);
        next += apart.size(batch, shard);
      }
      assertThat(next).isEqualTo(apart.owned(shard));
      all += next;
    }
    assertThat(all).isEqualTo(examples);
    for (int example = 0; example < examples; example++) {
      int owner = apart.owner(example);
      assertThat(apart.ownedFrom(owner)).isLessThanOrEqualTo(example);
      assertThat(apart.ownedFrom(owner + 1)).isGreaterThan(example);
    }
  }
}
