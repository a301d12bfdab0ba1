package io.github.descent4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardTreeTest {
  private static ShardTree<String> tree() {
    return new ShardTree<>((a, b) -> "(" + a + b + ")");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0",
    "2, (01)",
    "3, ((01)2)",
    "5, (((01)(23))4)",
    "6, (((01)(23))(45))",
    "7, (((01)(23))((45)6))",
    "8, (((01)(23))((45)(67)))"
  })
  void addsNeighboursFirst(int shards, String expected) {
    ShardTree<String> tree = tree();
    for (int shard = 0; shard < shards; shard++) {
      tree.add("" + shard);
    }
    assertThat(tree.sum()).isEqualTo(expected);
  }

  @Test
  void isTheSameWhoeverAddsABlock() {
    for (int shards = 1; shards < 40; shards++) {
      ShardTree<String> whole = tree();
      for (int shard = 0; shard < shards; shard++) {
        whole.add(term(shard));
      }
      String expected = whole.sum();
      for (int block = 1; block < 64; block *= 2) {
        ShardTree<String> ofBlocks = tree();
        for (int first = 0; first < shards; first += block) {
          ShardTree<String> ofShards = tree();
          for (int shard = first; shard < Math.min(first + block, shards); shard++) {
            ofShards.add(term(shard));
          }
          ofBlocks.add(ofShards.sum());
        }
        assertThat(ofBlocks.sum()).as("%d shards, %d a block", shards, block).isEqualTo(expected);
      }
    }
  }

  /** Some shards have no examples. */
  private static String term(int shard) {
    return shard % 7 == 2 || shard % 5 == 3 ? null : "[" + shard + "]";
  }

  @Test
  void leavesOutWhatIsMissing() {
    ShardTree<String> tree = tree();
    tree.add(null);
    assertThat(tree.sum()).isNull();
    ShardTree<String> second = tree();
    second.add(null);
    second.add("1");
    second.add(null);
    second.add("3");
    assertThat(second.sum()).isEqualTo("(13)");
  }

  @ParameterizedTest
  @CsvSource({
    "8, 1, 8",
    "8, 2, 4",
    "8, 4, 2",
    "8, 8, 1",
    "8, 100, 1", // one task a slot
    "8, 3, 1", // three rounds of one shard; blocks of 2 take two rounds of two
    "9, 2, 1", // 5 rounds of two tasks; blocks of 2 take 6, of 8 take 8
    "1, 4, 1",
    "13, 1, 16"
  })
  void givesATaskAsManyShardsAsSlotsWant(int shards, int slots, int expected) {
    assertThat(ShardTree.block(shards, slots)).isEqualTo(expected);
  }
}
