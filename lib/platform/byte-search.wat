;; Does a text hold a word, whatever the case of its ASCII letters? Sixteen places are judged at once by two of the word's
;; bytes, and only where both fit the whole word is compared.
(module
  (memory (export "memory") 3)

  ;; the word stands at 0, folded: each byte with the bits of its mask set; the masks stand at 256
  (func $fits (param $at i32) (param $length i32) (result i32)
    (local $n i32)
    (loop $next
      (if (i32.ne
            (i32.or (i32.load8_u (i32.add (local.get $at) (local.get $n))) (i32.load8_u offset=256 (local.get $n)))
            (i32.load8_u (local.get $n)))
        (then (return (i32.const 0))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $n) (local.get $length))))
    (i32.const 1))

  ;; the text is from $at to $end, and 80 bytes of zero follow it; $first and $second are places in the word
  (func (export "holds")
    (param $at i32) (param $end i32) (param $length i32) (param $first i32) (param $second i32) (result i32)
    (local $one v128) (local $one_mask v128) (local $two v128) (local $two_mask v128)
    (local $a i32) (local $b i32) (local $bits i32) (local $stop i32)
    (local $w v128) (local $x v128) (local $y v128) (local $z v128)
    (local.set $one (v128.load8_splat (local.get $first)))
    (local.set $one_mask (v128.load8_splat offset=256 (local.get $first)))
    (local.set $two (v128.load8_splat (local.get $second)))
    (local.set $two_mask (v128.load8_splat offset=256 (local.get $second)))
    (block $done
      (loop $blocks
        (br_if $done (i32.gt_u (i32.add (local.get $at) (local.get $length)) (local.get $end)))
        (local.set $a (i32.add (local.get $at) (local.get $first)))
        (local.set $b (i32.add (local.get $at) (local.get $second)))
        (local.set $w (v128.and
          (i8x16.eq (v128.or (v128.load (local.get $a)) (local.get $one_mask)) (local.get $one))
          (i8x16.eq (v128.or (v128.load (local.get $b)) (local.get $two_mask)) (local.get $two))))
        (local.set $x (v128.and
          (i8x16.eq (v128.or (v128.load offset=16 (local.get $a)) (local.get $one_mask)) (local.get $one))
          (i8x16.eq (v128.or (v128.load offset=16 (local.get $b)) (local.get $two_mask)) (local.get $two))))
        (local.set $y (v128.and
          (i8x16.eq (v128.or (v128.load offset=32 (local.get $a)) (local.get $one_mask)) (local.get $one))
          (i8x16.eq (v128.or (v128.load offset=32 (local.get $b)) (local.get $two_mask)) (local.get $two))))
        (local.set $z (v128.and
          (i8x16.eq (v128.or (v128.load offset=48 (local.get $a)) (local.get $one_mask)) (local.get $one))
          (i8x16.eq (v128.or (v128.load offset=48 (local.get $b)) (local.get $two_mask)) (local.get $two))))
        (if (v128.any_true (v128.or (v128.or (local.get $w) (local.get $x)) (v128.or (local.get $y) (local.get $z))))
          (then
            (local.set $stop (i32.add (local.get $at) (i32.const 64)))
            (loop $sixteen
              (local.set $bits (i8x16.bitmask (v128.and
                (i8x16.eq (v128.or (v128.load (i32.add (local.get $at) (local.get $first))) (local.get $one_mask)) (local.get $one))
                (i8x16.eq (v128.or (v128.load (i32.add (local.get $at) (local.get $second))) (local.get $two_mask)) (local.get $two)))))
              (block $none
                (loop $bit
                  (br_if $none (i32.eqz (local.get $bits)))
                  (local.set $a (i32.add (local.get $at) (i32.ctz (local.get $bits))))
                  (br_if $none (i32.gt_u (i32.add (local.get $a) (local.get $length)) (local.get $end)))
                  (if (call $fits (local.get $a) (local.get $length)) (then (return (i32.const 1))))
                  (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
                  (br $bit)))
              (local.set $at (i32.add (local.get $at) (i32.const 16)))
              (br_if $sixteen (i32.lt_u (local.get $at) (local.get $stop)))))
          (else (local.set $at (i32.add (local.get $at) (i32.const 64)))))
        (br $blocks)))
    (i32.const 0)))
